import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newIdempotencyKey } from '@tina/client';
import { type ProcedureOutput, type TaskDetailView, TinaError } from '@tina/contract';
import { makeFolder } from '../home/make-folder.ts';
import { printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { pathsOf, request } from '../program/with-client.ts';
import { chooseTask } from './choose-task.ts';
import { runEditor } from './run-editor.ts';

/**
 * Opens the user's editor on a task, and changes it when the text was changed. A text that is refused stays in the state
 * folder, and the next try goes on from it, unless somebody else has edited the task by then.
 *
 * @returns null when the text was left as it was
 */
export async function editInEditor(
  context: CliContext,
  given: string,
): Promise<ProcedureOutput<'task.edit'> | null> {
  const view = await request(context, async (client) =>
    client.call('task.get', { task: await chooseTask(client, given, context.io.cwd) }),
  );
  const { id, revision } = view;
  const before = textToEdit(view);
  const path = keptPath(context, view);
  if (!existsSync(path)) writeFileSync(path, before, { mode: 0o600 });
  await runEditor(context.io.env, path);
  const text = readFileSync(path, 'utf8');
  if (text === before) {
    rmSync(path);
    printLines(context.io, [`${view.name} stays as it is.`]);
    return null;
  }
  const input = { idempotencyKey: newIdempotencyKey(), task: id, revision, text };
  try {
    const answer = await request(context, (client) => client.call('task.edit', input));
    rmSync(path);
    return answer;
  } catch (error) {
    throw error instanceof TinaError ? keptFor(error, path, given) : error;
  }
}

/** @throws TinaError `not_planned` when it is of no plan: then there is nothing to open */
function textToEdit({ name, revision, text, runId }: TaskDetailView): string {
  if (text !== null) {
    return [
      `<!-- ${name} of run ${runId}, revision ${revision}. Save and close to change it; left as it is, nothing changes.`,
      '     docs/plan-format.md says what each field means. -->',
      '',
      text,
    ].join('\n');
  }
  throw new TinaError({
    code: 'not_planned',
    message: `Task ${name} is of no plan; only tasks of a plan can be edited.`,
    next: [`tina tasks ${runId}`],
  });
}

/** One for each revision: what was written for another one would overwrite an edit that came between. */
function keptPath(context: CliContext, { id, revision }: TaskDetailView): string {
  const folder = join(pathsOf(context).stateDir, 'edits');
  makeFolder(folder);
  return join(folder, `${id}-${revision}.md`);
}

function keptFor(error: TinaError, path: string, task: string): TinaError {
  const { code, message, place, details, next } = error.toData();
  const said = [`tina edit ${task}   (the text is kept)`, ...next.filter((line) => line.startsWith('tina '))];
  return new TinaError({
    code,
    message,
    details,
    place: { ...place, file: path },
    next: said,
    cause: error,
  });
}
