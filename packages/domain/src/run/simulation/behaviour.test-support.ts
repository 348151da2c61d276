import type { Role } from '../../policy/role.ts';
import type { Report, ReportedFinding } from '../../report/report.ts';
import type { Attempt } from '../attempt.ts';
import type { TurnError, TurnOutcome } from '../command.ts';
import type { Evidence } from '../job.ts';
import { assertNever } from '../assert-never.ts';
import { phaseNumberOf } from '../lookup.ts';
import type { Task } from '../task.ts';

/** What a script sees of the turn it plays. */
export interface Turn {
  readonly role: Role;
  readonly phase: string | null;
  readonly task: Task;
  readonly attempt: Attempt;
  /** Counted from 1 among the task's attempts of this role. */
  readonly roleAttempt: number;
  readonly turn: number;
  /** Ids of the findings to judge. */
  readonly open: readonly string[];
}

/** What an agent does in one turn. */
export type Behaviour =
  | { readonly kind: 'ends'; readonly outcome: TurnOutcome; readonly evidence?: Partial<Evidence> }
  /** Reports with `tina report`; the turn ends with the outcome. */
  | {
      readonly kind: 'reports';
      readonly report: Report;
      readonly outcome: TurnOutcome;
      readonly evidence?: Partial<Evidence>;
    }
  | { readonly kind: 'lost' }
  /** Nothing is heard of it. */
  | { readonly kind: 'silent' };

/** Nothing for what the agent of a well-behaved node does. */
export type Script = Readonly<Partial<Record<Role, (turn: Turn) => Behaviour | undefined>>>;

export function ends(report: Report, evidence?: Partial<Evidence>): Behaviour {
  const outcome: TurnOutcome = { kind: 'completed', report, finalMessage: '', usage: null };
  return evidence ? { kind: 'ends', outcome, evidence } : { kind: 'ends', outcome };
}

/** Ends with a message and no typed report. */
export function says(finalMessage: string): Behaviour {
  return { kind: 'ends', outcome: { kind: 'completed', report: null, finalMessage, usage: null } };
}

/** Reports first, and ends in some way after it. */
export function reports(report: Report, outcome: TurnOutcome = completedTurn()): Behaviour {
  return { kind: 'reports', report, outcome };
}

export function completedTurn(): TurnOutcome {
  return { kind: 'completed', report: null, finalMessage: 'done', usage: null };
}

export function failedTurn(kind: TurnError['kind'], resetAt: number | null = null): TurnOutcome {
  return { kind: 'failed', error: { kind, message: `it was ${kind}`, resetAt }, usage: null };
}

export function fails(kind: TurnError['kind'], resetAt: number | null = null): Behaviour {
  return { kind: 'ends', outcome: failedTurn(kind, resetAt) };
}

export const lost: Behaviour = { kind: 'lost' };
export const silent: Behaviour = { kind: 'silent' };

export function works(evidence?: Partial<Evidence>): Behaviour {
  return ends({ kind: 'work', summary: 'It is done.' }, evidence);
}

export function gives(status: 'pass' | 'warning' | 'stop'): Behaviour {
  return ends({ kind: 'validation', status, text: `The design gets a ${status}.` });
}

export function passes(...findings: readonly ReportedFinding[]): Behaviour {
  return ends({ kind: 'review', verdict: 'pass', summary: 'All is well.', findings, verdicts: [] });
}

/** New gaps; each finding that was open stays open, unless it is listed as closed. */
export function findsGaps(
  { open }: Pick<Turn, 'open'>,
  messages: readonly string[],
  closed: readonly string[] = [],
): Behaviour {
  return ends({
    kind: 'review',
    verdict: 'gaps',
    summary: 'There are gaps.',
    findings: messages.map(gap),
    verdicts: open.map((findingId) => ({
      findingId,
      verdict: closed.includes(findingId) ? 'closed' : 'open',
    })),
  });
}

function gap(message: string): ReportedFinding {
  return { severity: 'major', message, file: 'src/gap.ts', line: 7 };
}

/** A task of a plan, as short as a test can say it. */
export interface PlannedTask {
  readonly dependsOn?: readonly number[];
  readonly review?: string;
  readonly tags?: string;
  readonly files?: readonly string[];
}

/** The text of a plan that passes the lint. */
export function planText(phase: string, tip: string, tasks: readonly PlannedTask[]): string {
  const sections = tasks.map(({ dependsOn = [], review = 'none', tags = 'none', files }, index) =>
    [
      `### Task ${index + 1}: Do part ${index + 1}`,
      '',
      '**Model:** haiku',
      `**Tags:** ${tags}`,
      `**Files:** ${(files ?? [`src/${phase}/${index + 1}.ts`]).map((file) => `\`${file}\``).join(', ')}`,
      `**Depends on:** ${dependsOn.join(', ') || 'none'}`,
      `**Review:** ${review}`,
      '**Acceptance:** it works',
      '',
      'Do it.',
    ].join('\n'),
  );
  return [`# Phase ${phase} plan: Parts`, `**Baseline commit:** ${tip}`, ...sections].join('\n\n');
}

export function plans(markdown: string): Behaviour {
  return ends({ kind: 'plan', markdown });
}

/** What the agent of a well-behaved node does. */
export function goodBehaviour(
  { role, task, attempt }: Pick<Turn, 'role' | 'task' | 'attempt'>,
  planned: Readonly<Record<string, readonly PlannedTask[]>> = {},
): Behaviour {
  switch (role) {
    case 'validator':
      return gives('pass');
    case 'planner': {
      const phase = phaseNumberOf(task);
      return plans(planText(phase, attempt.startCommit, planned[phase] ?? [{}]));
    }
    case 'implementer':
    case 'resolver':
      return works();
    case 'spec-reviewer':
    case 'quality-reviewer':
    case 'reviewer':
      return passes();
    default:
      return assertNever(role);
  }
}
