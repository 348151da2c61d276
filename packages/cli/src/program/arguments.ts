import type { CliContext } from './context.ts';

type Complete = (this: CliContext, partial: string) => Promise<readonly string[]>;

interface Argument {
  readonly brief: string;
  readonly placeholder: string;
  readonly parse: (input: string) => string;
  readonly proposeCompletions?: Complete;
}

const parse = (input: string): string => input;

const complete = (kind: 'run' | 'task' | 'attempt' | 'gate' | 'question' | 'addressee'): Complete =>
  async function (this: CliContext, partial: string) {
    const { knownNames } = await import('../completion/known-names.ts');
    return knownNames(this, kind, partial);
  };

/** Left out, the run of the folder's project is meant. */
export const runArgument = {
  brief: 'A run, by id or by its feature; default: the only active run of this project',
  placeholder: 'run',
  parse,
  proposeCompletions: complete('run'),
} satisfies Argument;

const taskArgument = {
  brief: 'A task, by id, or by <run>/<name>',
  placeholder: 'task',
  parse,
  proposeCompletions: complete('task'),
} satisfies Argument;

const attemptArgument = {
  brief: 'An attempt, by id',
  placeholder: 'attempt',
  parse,
  proposeCompletions: complete('attempt'),
} satisfies Argument;

const gateArgument = {
  brief: 'An open gate, by id',
  placeholder: 'gate',
  parse,
  proposeCompletions: complete('gate'),
} satisfies Argument;

/** Whom a person can write to. */
export const addresseeArgument = {
  brief: 'An attempt, or a task by id or <run>/<name>',
  placeholder: 'attempt|task',
  parse,
  proposeCompletions: complete('addressee'),
} satisfies Argument;

export const questionArgument = {
  brief: 'A question that tina status shows, by id',
  placeholder: 'question',
  parse,
  proposeCompletions: complete('question'),
} satisfies Argument;

export const optionalRun = { kind: 'tuple', parameters: [{ ...runArgument, optional: true }] } as const;
export const oneRun = {
  kind: 'tuple',
  parameters: [{ ...runArgument, brief: 'A run, by id or by its feature' }],
} as const;
export const oneTask = { kind: 'tuple', parameters: [taskArgument] } as const;
export const oneAttempt = { kind: 'tuple', parameters: [attemptArgument] } as const;
export const oneGate = { kind: 'tuple', parameters: [gateArgument] } as const;
