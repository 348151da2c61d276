import type { Client } from '@tina/client';
import type { CliContext } from '../program/context.ts';
import { openClientIfThere } from '../program/with-client.ts';

/** A person waits at the key; what takes longer is not worth it. */
const TIMEOUT_MS = 300;

type Kind = 'run' | 'task' | 'attempt' | 'gate' | 'question' | 'addressee';

/** Names that begin with `partial`. Starts no daemon and never fails: without an answer nothing is proposed. */
export async function knownNames(
  context: CliContext,
  kind: Kind,
  partial: string,
): Promise<readonly string[]> {
  try {
    const client = await openClientIfThere(context);
    if (client === null) return [];
    try {
      const names = await namesOf(client, kind);
      return [...new Set(names)].filter((name) => name.startsWith(partial));
    } finally {
      client.close();
    }
  } catch {
    return [];
  }
}

async function namesOf(client: Client, kind: Kind): Promise<string[]> {
  const options = { timeoutMs: TIMEOUT_MS };
  if (kind === 'gate') return (await client.call('gate.list', {}, options)).map((gate) => gate.id);
  if (kind === 'question')
    return (await client.call('question.list', {}, options)).map((question) => question.id);
  const active = await client.call('run.list', { active: true, limit: 20 }, options);
  const runs =
    kind === 'run' && active.length === 0 ? await client.call('run.list', { limit: 20 }, options) : active;
  if (kind === 'run') return runs.flatMap((run) => [run.feature, run.id]);
  const views = await Promise.all(
    runs.slice(0, 5).map((run) => client.call('run.get', { run: run.id }, options)),
  );
  const attempts = views.flatMap((view) => view.attempts.map((attempt) => attempt.id));
  if (kind === 'attempt') return attempts;
  const tasks = views.flatMap((view) => view.tasks.map((task) => `${view.feature}/${task.name}`));
  return kind === 'addressee' ? [...attempts, ...tasks] : tasks;
}
