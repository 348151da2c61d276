import { UsageError } from '@tina/contract';
import type { Role } from '@tina/domain';
import { printJson, printLines } from '../output/print.ts';
import { plain } from '../output/plain.ts';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';

interface Flags {
  readonly run: string | undefined;
  readonly task: string | undefined;
  readonly json: boolean;
}

/** What a role is told: of a task, or with its placeholders explained. */
export async function prompt(context: CliContext, flags: Flags, role: Role): Promise<void> {
  const task = taskOf(flags);
  const input = task === null ? { role } : { role, task };
  const answer = await request(context, (client) => client.call('prompt.get', input));
  if (flags.json) return printJson(context.io, answer);
  const meanings = Object.entries(answer.placeholders).map(([name, meaning]) => `${name}  ${meaning}`);
  const explained = meanings.length === 0 ? [] : ['', 'PLACEHOLDERS', ...meanings.map((line) => `  ${line}`)];
  printLines(context.io, [...answer.text.trimEnd().split('\n').map(plain), ...explained]);
}

function taskOf({ run, task }: Flags): string | null {
  if (run === undefined) return task ?? null;
  if (task !== undefined) return `${run}/${task}`;
  throw new UsageError({
    code: 'usage',
    message: 'A prompt is that of a task: say which with --task.',
    next: [`tina tasks ${run}`, `tina prompt implementer --run ${run} --task phase-1-task-1`],
  });
}
