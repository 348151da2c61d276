import { newIdempotencyKey } from '@tina/client';
import { type ProcedureInput, UsageError } from '@tina/contract';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import { wholeNumber } from '../program/values.ts';
import { readText } from '../report/read-text.ts';
import { printAccepted } from '../run/accepted.ts';
import { chooseTask } from './choose-task.ts';
import { editInEditor } from './edit-in-editor.ts';

export interface EditFlags {
  readonly title: string | undefined;
  readonly model: string | undefined;
  readonly files: string | undefined;
  readonly dependsOn: string | undefined;
  readonly review: 'none' | 'spec' | 'quality' | 'both' | undefined;
  readonly acceptance: readonly string[] | undefined;
  readonly descriptionFile: string | undefined;
  readonly revision: string | undefined;
  readonly json: boolean;
}

type Edit = NonNullable<ProcedureInput<'task.edit'>['edit']>;

const MOST_EDITS = 1_000_000;

/** Changes a task: by options, or, without any and on a terminal, in an editor. */
export async function edit(context: CliContext, flags: EditFlags, task: string): Promise<void> {
  const fields = fieldsOf(context, flags);
  if (Object.keys(fields).length === 0) return inEditor(context, flags, task);
  const idempotencyKey = newIdempotencyKey();
  const answer = await request(context, async (client) =>
    client.call('task.edit', {
      idempotencyKey,
      task: await chooseTask(client, task, context.io.cwd),
      edit: fields,
      ...revisionOf(flags),
    }),
  );
  printAccepted(context, flags, `Edited ${task}`, answer);
}

async function inEditor(context: CliContext, flags: EditFlags, task: string): Promise<void> {
  if (flags.json || !context.io.canAsk || flags.revision !== undefined) {
    throw new UsageError({
      code: 'usage',
      message: 'Say what to change: without an option, a task is edited on a terminal.',
      next: ['tina edit --help'],
    });
  }
  const answer = await editInEditor(context, task);
  if (answer !== null) printAccepted(context, flags, `Edited ${task}`, answer);
}

function fieldsOf(context: CliContext, flags: EditFlags): Edit {
  const { title, model, files, dependsOn, review, acceptance = [], descriptionFile } = flags;
  return {
    ...(title === undefined ? {} : { title }),
    ...(model === undefined ? {} : { model }),
    ...(files === undefined ? {} : { files: listOf(files) }),
    ...(dependsOn === undefined ? {} : { dependsOn: dependsOn === 'none' ? [] : listOf(dependsOn) }),
    ...(review === undefined ? {} : { review: review === 'both' ? ('spec+quality' as const) : review }),
    ...(acceptance.length === 0 ? {} : { acceptance: [...acceptance] }),
    ...(descriptionFile === undefined ? {} : { body: readText(context, descriptionFile) }),
  };
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function revisionOf({ revision }: EditFlags): { readonly revision?: number } {
  if (revision === undefined) return {};
  try {
    return { revision: wholeNumber(0, MOST_EDITS)(revision) };
  } catch (error) {
    throw new UsageError({
      code: 'usage',
      message: `--revision ${(error as Error).message}.`,
      next: ['tina edit --help'],
      cause: error,
    });
  }
}
