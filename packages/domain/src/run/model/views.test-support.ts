import { runStatus } from '../run-status.ts';
import { attemptOf, taskOf } from '../lookup.ts';
import { isStuck } from '../queries.ts';
import type { Message } from '../message/message.ts';
import type { Task } from '../task.ts';
import { attemptKey, gateKey, openGaps, type RealRun } from './real-run.test-support.ts';
import type { RefRun, RefTask } from './reference-run.test-support.ts';

/** What both sides must agree on after every word: where everything stands, who waits for what, how often it was tried. */
export interface View {
  readonly status: string;
  readonly phases: readonly string[];
  readonly tasks: Readonly<Record<string, readonly unknown[]>>;
  readonly attempts: Readonly<Record<string, readonly unknown[]>>;
  readonly gates: Readonly<Record<string, readonly unknown[]>>;
  readonly gaps: Readonly<Record<string, number>>;
  /** For whom each is, and whom it reached; and whether it was answered. */
  readonly messages: Readonly<Record<string, readonly unknown[]>>;
  readonly questions: Readonly<Record<string, readonly unknown[]>>;
}

export function viewOfReal(run: RealRun): View {
  const { state } = run;
  return {
    status: runStatus(state),
    phases: state.phases.map(({ number }) => number),
    tasks: byKey(Object.values(state.tasks), (task) => [
      task.name,
      [
        task.status,
        task.step,
        waitOf(run, task),
        task.dependsOn.map((id) => taskOf(state, id).name),
        ...countsOf(task),
        task.status === 'blocked' ? task.block?.code : null,
      ],
    ]),
    attempts: byKey(Object.values(state.attempts), (attempt) => [
      attemptKey(state, attempt),
      [
        attempt.role,
        attempt.status,
        attempt.turn,
        attempt.use?.turns ?? 0,
        jobOf(run, attempt.jobId),
        attempt.settled,
        isStuck(attempt),
      ],
    ]),
    gates: byKey(Object.values(state.gates), ({ id, kind, status }) => [gateKey(state, id), [kind, status]]),
    gaps: openGaps(state),
    ...mailOf(run),
  };
}

function mailOf({ state }: RealRun): Pick<View, 'messages' | 'questions'> {
  const keyOf = (id: string): string => attemptKey(state, attemptOf(state, id));
  const nameOf = (to: Message['to']): string => {
    if (to.kind === 'operator') return 'people';
    return to.kind === 'task' ? taskOf(state, to.taskId).name : keyOf(to.attemptId);
  };
  return {
    messages: byPlace(Object.values(state.messages), ({ to, delivery }) => [
      nameOf(to),
      delivery && keyOf(delivery.attemptId),
    ]),
    questions: byPlace(Object.values(state.questions), ({ attemptId, answer }) => [
      keyOf(attemptId),
      answer !== null,
    ]),
  };
}

function byPlace<T>(items: readonly T[], valueOf: (item: T) => readonly unknown[]): View['messages'] {
  return Object.fromEntries(items.map((item, index) => [`${index}`, valueOf(item)]));
}

function waitOf(run: RealRun, { waitsFor }: Task): string | null {
  const { state } = run;
  switch (waitsFor?.kind) {
    case 'attempt':
      return `attempt ${attemptKey(state, attemptOf(state, waitsFor.attemptId))}`;
    case 'job':
      return `job ${run.keyOfJob(waitsFor.jobId)}`;
    case 'gate':
      return `gate ${gateKey(state, waitsFor.gateId)}`;
    case 'timer':
      return 'timer';
    case undefined:
      return null;
  }
}

function countsOf({ retries, reviewRounds, conflictRounds, landingRounds }: Task): readonly number[] {
  return [retries.failure, retries.output, retries.lost, reviewRounds, conflictRounds, landingRounds];
}

function jobOf(run: RealRun, jobId: string | null): string | null {
  return jobId === null ? null : run.keyOfJob(jobId);
}

export function viewOfReference(run: RefRun): View {
  const gaps = [...run.gaps, ...run.tasks.map((task) => [task.name, sum(task.gaps)] as const)];
  return {
    status: statusOf(run),
    phases: run.phases,
    tasks: byKey(run.tasks, (task) => {
      const { tries, reviewRounds, conflictRounds, landingRounds } = task;
      const counts = [tries.failure, tries.output, tries.lost, reviewRounds, conflictRounds, landingRounds];
      const why = task.status === 'blocked' ? task.why : null;
      const after = task.after.map(({ name }) => name);
      return [task.name, [task.status, task.step, waitOfReference(task), after, ...counts, why]];
    }),
    attempts: byKey(run.attempts, ({ key, role, status, turn, turns, job, isSettled, isStuck: stuck }) => [
      key,
      [role, status, turn, turns, job?.key ?? null, isSettled, stuck],
    ]),
    gates: byKey(run.gates, ({ key, kind, status }) => [key, [kind, status]]),
    gaps: Object.fromEntries(gaps.filter(([, count]) => count > 0)),
    messages: byPlace(run.mail.messages, ({ to, reached }) => [to, reached?.key ?? null]),
    questions: byPlace(run.mail.questions, ({ of, isAnswered }) => [of.key, isAnswered]),
  };
}

function waitOfReference({ waits }: RefTask): string | null {
  switch (waits?.on) {
    case 'attempt':
      return `attempt ${waits.attempt.key}`;
    case 'job':
      return `job ${waits.job.key}`;
    case 'gate':
      return `gate ${waits.gate.key}`;
    case 'timer':
      return 'timer';
    case undefined:
      return null;
  }
}

function statusOf(run: RefRun): string {
  if (run.control === 'cancelling' || run.isCancelled) return 'cancelled';
  if (run.control === 'ended') return 'complete';
  if (run.control === 'paused') return 'paused';
  if (run.isBlocked) return 'blocked';
  const names = ['validate-design', 'setup-worktree'];
  for (const phase of run.phases)
    names.push(...['plan', 'execute', 'review'].map((each) => `${each}-phase-${phase}`));
  const isOpen = (name: string): boolean =>
    run.tasks.some((task) => task.name === name && task.status !== 'completed' && task.status !== 'skipped');
  const [stage = 'finalize'] = (names.find(isOpen) ?? 'finalize').split('-');
  return STATUS[stage] ?? stage;
}

const STATUS: Readonly<Record<string, string>> = {
  validate: 'validating',
  setup: 'preparing',
  plan: 'planning',
  execute: 'executing',
  review: 'reviewing',
  finalize: 'finalizing',
};

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

function byKey<T>(
  items: readonly T[],
  entryOf: (item: T) => readonly [string, readonly unknown[]],
): Readonly<Record<string, readonly unknown[]>> {
  return Object.fromEntries(items.map(entryOf));
}
