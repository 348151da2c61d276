import type { EventView } from '@tina/contract';
import { type Data, fieldOf, type Ledger, taskOfEvent } from './ledger.ts';
import type { Notice } from './notice.ts';

type Said = Pick<Notice, 'kind' | 'code' | 'text'> | null;
type Tell = (ledger: Ledger, event: EventView) => Said;

const milestone = (code: string, text: string): Said => ({ kind: 'milestone', code, text });
const setback = (code: string, text: string): Said => ({ kind: 'setback', code, text });
const field = (event: EventView, name: string): string => fieldOf(event.data, name);

const some = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** `the implementer of phase-1-task-2`. */
function whose(ledger: Ledger, event: EventView): string {
  const attempt = ledger.attempts.get(field(event, 'attemptId'));
  return `the ${attempt?.role ?? 'agent'} of ${taskOfEvent(ledger, event)?.name ?? 'a task'}`;
}

function completed(ledger: Ledger, event: EventView): Said {
  const task = taskOfEvent(ledger, event);
  if (task === null) return null;
  const result = (event.data['result'] ?? {}) as Data;
  const phase = `phase ${task.phase}`;
  switch (task.kind) {
    case 'validate-design':
      return milestone('validated', `design validated: ${fieldOf(result, 'status')}`);
    case 'setup-worktree':
      return milestone('prepared', `branch ${fieldOf(result, 'branch')} made`);
    case 'plan-phase':
      return milestone('planned', `${phase} planned: ${some(Number(result['tasks']), 'task')}`);
    case 'phase-task':
      return milestone('merged', `${task.name} merged (${mergedOf(ledger, task.phase)} of ${phase})`);
    case 'execute-phase':
      return milestone('executed', `${phase} executed`);
    case 'review-phase':
      return milestone('reviewed', `${phase} reviewed: ${fieldOf(result, 'verdict')}`);
    case 'finalize':
      return milestone('finalized', 'finalized');
    default:
      return null;
  }
}

function mergedOf(ledger: Ledger, phase: string | null): string {
  const tasks = [...ledger.tasks.values()].filter(
    (task) => task.kind === 'phase-task' && task.phase === phase,
  );
  return `${tasks.filter(({ status }) => status === 'completed').length}/${tasks.length} tasks`;
}

/** The design's phases are there from the start; one that comes later closes gaps. */
function phaseAdded(_ledger: Ledger, event: EventView): Said {
  const remediates = event.data['remediates'];
  if (typeof remediates !== 'string') return null;
  return milestone(
    'remediation',
    `phase ${field(event, 'number')} added for the gaps of phase ${remediates}`,
  );
}

function blocked(ledger: Ledger, event: EventView): Said {
  const tasks = (event.data['tasks'] ?? []) as readonly { readonly taskId: string; readonly code: string }[];
  const named = tasks.map(({ taskId, code }) => `${ledger.tasks.get(taskId)?.name ?? taskId}: ${code}`);
  return milestone('blocked', `run blocked (${named.join(', ')})`);
}

const TELL: Readonly<Record<string, Tell>> = {
  'run.created': (_ledger, event) => milestone('created', `run ${event.runId} created`),
  'run.paused': () => milestone('paused', 'run paused'),
  'run.resumed': () => milestone('resumed', 'run resumed'),
  'run.blocked': blocked,
  'run.unblocked': () => milestone('unblocked', 'run goes on'),
  'run.completed': (_ledger, event) => {
    const ending = event.data['ending'] as { readonly kind: string } | undefined;
    return milestone('complete', `run complete: ${ending?.kind ?? 'ended'}`);
  },
  'run.cancelled': () => milestone('cancelled', 'run cancelled'),
  'phase.added': phaseAdded,
  'task.completed': completed,
  'task.skipped': (ledger, event) => milestone('skipped', `${taskOfEvent(ledger, event)?.name} skipped`),
  'task.edited': (ledger, event) => milestone('edited', `${taskOfEvent(ledger, event)?.name} edited`),
  'gate.opened': (_ledger, event) => milestone('gate', `a person is asked: ${field(event, 'kind')}`),
  'gate.approved': () => milestone('approved', 'approved'),
  'gate.rejected': () => milestone('rejected', 'rejected'),
  'attempt.failed': (ledger, event) => {
    const failure = event.data['failure'] as { readonly kind: string } | undefined;
    return setback('attempt_failed', `${whose(ledger, event)} failed: ${failure?.kind}`);
  },
  'attempt.lost': (ledger, event) => setback('attempt_lost', `${whose(ledger, event)} was lost`),
  'attempt.returned': (ledger, event) =>
    setback('returned', `${whose(ledger, event)} was asked for more: ${field(event, 'reason')}`),
  'attempt.parked': (ledger, event) =>
    setback('parked', `${whose(ledger, event)} waits for the end of a limit`),
  'attempt.resumed': (ledger, event) => milestone('unparked', `${whose(ledger, event)} goes on`),
  'attempt.warned': (ledger, event) =>
    setback('warned', `${whose(ledger, event)}: ${field(event, 'message').split('\n')[0]}`),
  'merge.conflicted': (ledger, event) =>
    setback('conflict', `${taskOfEvent(ledger, event)?.name} conflicts with what was merged`),
  'landing.deferred': () => setback('base_moved', 'the base branch moved before the landing'),
  'job.failed': (ledger, event) =>
    setback('job_failed', `machine work for ${taskOfEvent(ledger, event)?.name} failed`),
};

/** What an event that is in the ledger already means for an onlooker; null: nothing worth a line. */
export function tell(ledger: Ledger, event: EventView): Said {
  return TELL[event.type]?.(ledger, event) ?? null;
}
