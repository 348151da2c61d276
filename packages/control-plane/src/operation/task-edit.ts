import { type ErrorParameters, type ParsedInput, TinaError } from '@tina/contract';
import {
  type Finding,
  parseTask,
  type Rejection,
  type RunState,
  type Task,
  type TaskEdit,
} from '@tina/domain';

type Input = ParsedInput<'task.edit'>;

/** What an operator wants of a task, and how a refusal of it is said: by the lines of the text, where there was one. */
export interface AskedEdit {
  readonly edit: TaskEdit;
  readonly explain: (rejection: Rejection) => ErrorParameters;
}

/**
 * Reads an edit, which comes as fields or as a text in the form of a plan.
 *
 * @throws TinaError with everything about the text that cannot be read, or when there is neither fields nor text, or both
 */
export function readEdit(input: Input, state: RunState, task: Task): AskedEdit {
  const { edit, text } = input;
  // The run says why.
  if (task.spec === null) return { edit: {}, explain: (rejection) => rejection };
  if (text !== undefined && edit === undefined) return readText(text, task);
  if (edit !== undefined && text === undefined) {
    const { dependsOn, ...fields } = edit;
    const numbers = dependsOn && { dependsOn: dependsOn.map((name) => numberOf(state, task, name)) };
    return { edit: given({ ...fields, ...numbers }), explain: (rejection) => explained(rejection, noLine) };
  }
  throw new TinaError({
    code: 'bad_input',
    message: 'An edit is either fields or a text.',
    next: ['tina edit --help'],
  });
}

function noLine(): null {
  return null;
}

/** Without the fields that were not given. */
function given(fields: { readonly [Field in keyof TaskEdit]?: TaskEdit[Field] | undefined }): TaskEdit {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** A task of the same plan, by its number, its name or its id. */
function numberOf(state: RunState, task: Task, name: string): number {
  if (/^[1-9]\d{0,8}$/.test(name)) return Number(name);
  const found = Object.values(state.tasks).find(
    ({ parentId, ...each }) => parentId === task.parentId && (each.id === name || each.name === name),
  );
  if (found?.spec) return found.spec.number;
  throw new TinaError({
    code: 'unknown_dependency',
    message: `The plan of task ${task.name} has no task ${name}.`,
    next: [`tina tasks ${state.id}`],
  });
}

function readText(text: string, { name, spec }: Task): AskedEdit {
  const { task, lines, findings } = parseTask(text, spec?.review ?? 'spec');
  const all = [...findings, ...wrongNumber(task?.number, spec?.number, task?.line)];
  const [first, ...rest] = all;
  if (first || task === null) {
    throw new TinaError({
      code: first?.code ?? 'not_a_task',
      message: `The text of task ${name} cannot be read: ${first ? withLine(first.message, first.line) : ''}`,
      ...(first ? { place: { line: first.line } } : {}),
      details: rest.map(({ message, line }) => withLine(message, line)),
      next: ['mend the text, then the same command again'],
    });
  }
  const { number: _number, line, ...fields } = task;
  // A text says all there is: without tags, the task has none.
  const edit = { tags: [], ...fields };
  const lineOf = ({ code }: Finding): number => lines.get(FIELD_OF_CODE[code] ?? '') ?? line;
  return { edit, explain: (rejection) => explained(rejection, lineOf) };
}

function wrongNumber(given = 0, wanted = 0, line = 1): readonly Finding[] {
  if (given === wanted || given === 0) return [];
  const message = `This is Task ${wanted}; a task keeps its number, and so do those that depend on it.`;
  return [{ code: 'task_order', severity: 'error', message, line }];
}

/** In which field the cause of a finding stands; that of any other is in the heading. */
const FIELD_OF_CODE: Readonly<Record<string, string>> = {
  model_missing: 'Model',
  model_unknown: 'Model',
  files_missing: 'Files',
  unsafe_path: 'Files',
  files_overlap: 'Files',
  acceptance_missing: 'Acceptance',
  self_dependency: 'Depends on',
  unknown_dependency: 'Depends on',
  dependency_cycle: 'Depends on',
};

function explained(
  { findings = [], message, ...rejection }: Rejection,
  lineOf: (finding: Finding) => number | null,
): ErrorParameters {
  const [first, ...rest] = findings;
  if (!first) return { ...rejection, message };
  const line = lineOf(first);
  return {
    ...rejection,
    message: withLine(message, line),
    ...(line === null ? {} : { place: { line } }),
    details: rest.map((finding) => withLine(finding.message, lineOf(finding))),
  };
}

function withLine(message: string, line: number | null): string {
  return line === null ? message : `line ${line}: ${message}`;
}
