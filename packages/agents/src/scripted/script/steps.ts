import type { Reader, ReadingNotes, ScriptNode } from './node-reader.ts';
import { optional, record, required } from './record-reader.ts';
import { reportForm, via, type ReportForm } from './report-reader.ts';
import {
  amount,
  duration,
  filledText,
  list,
  oneOf,
  oneOrMore,
  text,
  wholeNumber,
  yesNo,
} from './value-readers.ts';

/** A path inside the worktree. */
const path = refined(filledText, (value) => {
  if (value.startsWith('/')) return 'expected a path relative to the worktree, found an absolute one';
  const parts = value.split('/');
  if (parts.includes('..')) return 'expected a path inside the worktree, found one with ".."';
  return parts[0] === '.git' ? 'expected a path outside of .git' : null;
});

const message = { message: optional(text) };

const planTask = record({
  title: required(text),
  model: optional(text),
  tags: optional(oneOrMore(text)),
  files: optional(oneOrMore(text)),
  dependsOn: optional(oneOrMore(text)),
  review: optional(text),
  acceptance: optional(oneOrMore(text)),
  body: optional(text),
});

/** Every step by its name, with what it takes. docs/scripted-agent.md describes each. */
export const STEPS = {
  // Work
  write: refined(
    record({
      path: required(path),
      content: optional(text),
      append: optional(text),
      executable: optional(yesNo),
    }),
    ({ content, append }) =>
      (content === null) === (append === null) ? 'expected either "content" or "append"' : null,
  ),
  delete: record({ path: required(path) }, 'path'),
  commit: record({ message: required(filledText), paths: optional(oneOrMore(path)) }, 'message'),
  resolve: record({
    take: optional(oneOf(['ours', 'theirs', 'both'])),
    files: optional(list(record({ path: required(path), content: required(text) }))),
    message: optional(filledText),
  }),
  run: record({ command: required(filledText), mayFail: optional(yesNo) }, 'command'),

  // Words
  say: record({ text: required(text) }, 'text'),
  send: record({ to: optional(filledText), text: required(text) }, 'text'),
  progress: record({ message: required(text) }, 'message'),
  usage: record({
    inputTokens: optional(amount),
    cacheReadTokens: optional(amount),
    cacheWriteTokens: optional(amount),
    outputTokens: optional(amount),
    costUsd: optional(amount),
    contextTokens: optional(amount),
    contextWindow: optional(amount),
  }),
  plan: refined(
    record({
      title: optional(text),
      budget: optional(text),
      baseline: optional(text),
      tasks: optional(list(planTask)),
      markdown: optional(text),
      via,
    }),
    ({ tasks, markdown }) =>
      (tasks === null) === (markdown === null) ? 'expected either "tasks" or "markdown"' : null,
  ),
  report: asForm,

  // Time
  sleep: record({ for: required(duration) }, 'for'),
  'wait-for': record({ file: required(filledText), timeout: optional(duration) }, 'file'),
  touch: record({ file: required(filledText) }, 'file'),

  // What goes wrong
  crash: record({
    exitCode: optional(wholeNumber(0, 255)),
    signal: optional(oneOf(['SIGKILL', 'SIGSEGV', 'SIGABRT', 'SIGTERM'])),
    stderr: optional(text),
  }),
  exit: record({}),
  hang: record({ ignoreSigterm: optional(yesNo) }),
  garbage: record({ bytes: optional(wholeNumber(1, 100_000_000)) }, 'bytes'),
  'stdout-flood': record({ megabytes: required(wholeNumber(1, 10_000)) }, 'megabytes'),
  'wrong-form': record({ via }, 'via'),
  nothing: record({}),
  dirty: record({ path: optional(path), content: optional(text) }, 'path'),
  'out-of-scope': record({ path: required(path), content: optional(text) }, 'path'),
  conflict: record({ path: required(path), content: required(text) }),
  lie: record({ summary: optional(text) }, 'summary'),
  limit: record({ resetIn: optional(duration), ...message }, 'resetIn'),
  overload: record(message, 'message'),
  network: record(message, 'message'),
  authentication: record(message, 'message'),
  refusal: record(message, 'message'),
  spawn: record({ command: required(filledText), detached: optional(yesNo) }, 'command'),
} as const satisfies Record<string, Reader<unknown>>;

export type StepKind = keyof typeof STEPS;
type StepValues<Kind extends StepKind> = (typeof STEPS)[Kind] extends Reader<infer T> ? T : never;

/** One step of a script, with what it was given; null for what it was not. */
export type Step = {
  [Kind in StepKind]: StepValues<Kind> & { readonly kind: Kind; readonly line: number };
}[StepKind];

export type StepOf<Kind extends StepKind> = Extract<Step, { kind: Kind }>;

/** A report is written right below its step, without a key between. */
function asForm(node: ScriptNode, notes: ReadingNotes): { readonly form: ReportForm } | undefined {
  const form = reportForm(node, notes);
  return form === undefined ? undefined : { form };
}

function refined<T>(read: Reader<T>, findProblem: (value: T) => string | null): Reader<T> {
  return (node: ScriptNode, notes: ReadingNotes) => {
    const value = read(node, notes);
    const problem = value === undefined ? null : findProblem(value);
    if (problem === null) return value;
    notes.note(node, problem);
    return undefined;
  };
}
