import {
  duration,
  filledText,
  list,
  oneOf,
  oneOrMore,
  optional,
  type Reader,
  record,
  required,
  text,
  wholeNumber,
  yesNo,
} from '@tina/agents';
import { type Amount, amountOf } from './amount.ts';
import { mapped, mapOf, whenScalar } from './read-yaml.ts';

export const RUN_STATUSES = [
  'validating',
  'preparing',
  'planning',
  'executing',
  'reviewing',
  'finalizing',
  'blocked',
  'paused',
  'complete',
  'cancelled',
] as const;
export const TASK_STATUSES = [
  'pending',
  'ready',
  'in_progress',
  'completed',
  'blocked',
  'skipped',
  'cancelled',
] as const;
export const ATTEMPT_STATUSES = ['succeeded', 'failed', 'lost', 'cancelled', 'parked', 'running'] as const;
export const CHECK_OUTCOMES = ['passed', 'failed', 'timed_out', 'could_not_run'] as const;
export const ENDINGS = ['merged', 'pull-request', 'kept', 'discarded', 'cancelled'] as const;
export const SEVERITIES = ['blocker', 'major', 'minor'] as const;
export const FINDING_STATUSES = ['open', 'closed', 'waived'] as const;

/** What `tina orchestrate` itself says. */
export interface ExpectedLaunch {
  readonly exit: number;
  readonly error: string | null;
  readonly says: readonly string[];
}

export interface ExpectedAttempt {
  readonly role: string | null;
  readonly status: string;
  /** The kind of failure. */
  readonly failure: string | null;
  readonly turns: Amount | null;
  /** What the failure's message has in it. */
  readonly says: readonly string[];
}

/** A file of the base branch at the end. Null: it must not be there. */
export type ExpectedFile =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'contains'; readonly texts: readonly string[] }
  | { readonly kind: 'absent' };

/** Text that Tina must have told an agent, in its prompt or in what it sent back. */
export interface ExpectedMessage {
  readonly task: string;
  readonly role: string | null;
  readonly says: readonly string[];
}

const says = optional(oneOrMore(filledText));

const launch: Reader<ExpectedLaunch> = mapped(
  record({ exit: required(wholeNumber(0, 255)), error: optional(filledText), says }),
  (given) => ({ ...given, says: given.says ?? [] }),
);

const attempt: Reader<ExpectedAttempt> = mapped(
  record(
    {
      status: required(oneOf(ATTEMPT_STATUSES)),
      role: optional(filledText),
      failure: optional(filledText),
      turns: optional(amountOf(wholeNumber(0))),
      says,
    },
    'status',
  ),
  (given) => ({ ...given, says: given.says ?? [] }),
);

const file: Reader<ExpectedFile> = whenScalar(
  mapped(text, (text): ExpectedFile => ({ kind: 'text', text })),
  (node, notes) => {
    const given = record({ contains: optional(oneOrMore(filledText)), absent: optional(yesNo) })(node, notes);
    if (given === undefined) return undefined;
    if ((given.contains === null) === (given.absent !== true)) {
      notes.note(node, 'expected either "contains", or "absent: true"');
      return undefined;
    }
    return given.contains === null ? { kind: 'absent' } : { kind: 'contains', texts: given.contains };
  },
);

const finding = record(
  {
    says: optional(filledText),
    phase: optional(text),
    severity: optional(oneOf(SEVERITIES)),
    source: optional(filledText),
    status: optional(oneOf(FINDING_STATUSES)),
  },
  'says',
);

const message: Reader<ExpectedMessage> = record({
  task: required(filledText),
  role: optional(filledText),
  says: required(oneOrMore(filledText)),
});

const block = record({
  task: required(filledText),
  code: required(filledText),
  says,
});

const commits = record({
  count: optional(amountOf()),
  subjects: optional(oneOrMore(filledText)),
});

const other = record({
  status: required(oneOf(RUN_STATUSES)),
  feature: optional(filledText),
  ending: optional(oneOf(ENDINGS)),
});

const metrics = record({
  attempts: optional(amountOf()),
  retries: optional(amountOf()),
  lost: optional(amountOf()),
  remediations: optional(amountOf()),
  operatorActions: optional(amountOf()),
  duration: optional(amountOf(duration)),
});

/** `expected` of a scenario. What is left out (null) is not looked at. */
export const expected = record({
  launch: optional(launch),
  status: optional(oneOf(RUN_STATUSES)),
  ending: optional(oneOf(ENDINGS)),
  blocked: optional(list(block)),
  phases: optional(oneOrMore(text)),
  tasks: optional(mapOf(oneOf(TASK_STATUSES))),
  attempts: optional(mapOf(oneOrMore(attempt))),
  commits: optional(commits),
  files: optional(mapOf(file)),
  findings: optional(list(finding)),
  messages: optional(list(message)),
  events: optional(mapOf(amountOf())),
  checks: optional(mapOf(oneOf(CHECK_OUTCOMES))),
  metrics: optional(metrics),
  others: optional(list(other)),
  checkout: optional(oneOf(['clean', 'changed'])),
});

type ValueOf<R> = R extends Reader<infer T> ? T : never;
export type Expected = ValueOf<typeof expected>;
