import { newFailures } from '../../check/compare-checks.ts';
import type { RecordedEvent, RunEventPayloads, RunEventType } from '../event.ts';
import { isDone, openPhaseFindings } from '../queries.ts';
import type { RunState } from '../state.ts';
import type { TaskStatus } from '../task.ts';
import { checkEdit } from './check-edit.ts';
import { ofEach, type Violation } from './violation.ts';

const NOT_OVER: readonly TaskStatus[] = ['pending', 'ready', 'in_progress', 'blocked'];

/** In which status a task must be for what happens to it (G03). */
const HAPPENS_WHILE: { readonly [T in RunEventType]?: readonly TaskStatus[] } = {
  'task.readied': ['pending'],
  'task.started': ['ready'],
  'task.advanced': ['in_progress'],
  'task.completed': ['in_progress'],
  'task.blocked': ['in_progress'],
  'task.retried': ['blocked'],
  'task.skipped': NOT_OVER,
  'task.cancelled': NOT_OVER,
  'task.edited': ['pending', 'ready'],
  'retry.scheduled': ['in_progress'],
  'checks.requested': ['in_progress'],
  'branch.requested': ['in_progress'],
  'merge.requested': ['in_progress'],
  'integration.requested': ['in_progress'],
  'landing.requested': ['in_progress'],
  'pull_request.requested': ['in_progress'],
  'discard.requested': ['in_progress'],
};

/** A task goes its way (G03), after what it depends on (G19), and neither passes nor lands with something wrong (G16, G18). */
export function checkTaskEvent(before: RunState, event: RecordedEvent): readonly Violation[] {
  return [...checkStatus(before, event), ...checkMeaning(before, event)];
}

function checkStatus({ tasks }: RunState, { type, data }: RecordedEvent): readonly Violation[] {
  const statuses = HAPPENS_WHILE[type];
  if (!statuses) return [];
  // Every event in the table names its task.
  const { taskId } = data as { readonly taskId: string };
  const status = tasks[taskId]?.status;
  if (status !== undefined && statuses.includes(status)) return [];
  const message = `${type} came to task ${taskId}, which is ${status ?? 'not there'}.`;
  return [{ guarantee: 'G03', subject: taskId, message }];
}

function checkMeaning(before: RunState, event: RecordedEvent): readonly Violation[] {
  const { type, data } = event;
  if (type === 'task.readied' || type === 'task.started') return checkDependencies(before, data.taskId);
  if (type === 'task.completed') return checkPassed(before, data);
  if (type === 'task.edited') return checkEdit(before, data);
  return type === 'landing.requested' ? checkLanding(before, data.taskId) : [];
}

function checkDependencies({ tasks }: RunState, taskId: string): readonly Violation[] {
  return ofEach(tasks[taskId]?.dependsOn ?? [], (id) => {
    const other = tasks[id];
    return [
      !(other && isDone(other)) && {
        guarantee: 'G19',
        subject: taskId,
        message: `Task ${taskId} began before ${id}, which it depends on, was done.`,
      },
    ];
  });
}

function checkPassed(
  before: RunState,
  { taskId, result }: RunEventPayloads['task.completed'],
): readonly Violation[] {
  const phase = before.tasks[taskId]?.phase ?? null;
  if (phase === null || result.kind !== 'reviewed' || result.verdict === 'gaps') return [];
  return ofEach(openPhaseFindings(before, phase), ({ id }) => [
    {
      guarantee: 'G18',
      subject: id,
      message: `Phase ${phase} passed its review, and finding ${id} is open.`,
    },
  ]);
}

/** What lands was checked, and nothing fails that did not fail on the base (G16, G17). */
function checkLanding({ tasks, policy, baseline }: RunState, taskId: string): readonly Violation[] {
  const results = tasks[taskId]?.checks ?? [];
  const wanted = policy.checks.filter(({ at }) => at.includes('finalize'));
  const ofFinalize = results.filter(({ name }) => wanted.some((check) => check.name === name));
  const missing = wanted.filter(({ name }) => !results.some((result) => result.name === name));
  return [
    ...ofEach(missing, ({ name }) => [
      { guarantee: 'G16', subject: taskId, message: `The run lands, and check ${name} has no result.` },
    ]),
    ...ofEach(newFailures(baseline, ofFinalize), ({ check }) => [
      { guarantee: 'G16', subject: taskId, message: `The run lands, and check ${check} does not pass.` },
    ]),
  ];
}
