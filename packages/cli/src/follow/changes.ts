import type { AttemptView, FindingView, RunView, TaskView } from '@tina/contract';
import { clock, count, elapsed } from '../output/amounts.ts';
import { plain } from '../output/plain.ts';
import { parkedText } from './parked-text.ts';
import { indexRun, taskDetail } from './task-state.ts';

/** What happened between two views of a run, a line each. The first view says where the run stands. */
export function describeChanges(before: RunView | null, view: RunView, now: number): string[] {
  if (before === null) return [standing(view), ...waiting(null, view)];
  return [
    ...newPhases(before, view),
    ...view.tasks.flatMap((task) => taskChange(find(before.tasks, task.id), task, view, now)),
    ...view.attempts.flatMap((attempt) => attemptChange(find(before.attempts, attempt.id), attempt)),
    ...view.messages
      .filter((message) => find(before.messages, message.id) === undefined)
      .map(({ from, text }) => `${from ?? 'a person'} says: ${plain(text)}`),
    ...view.findings.flatMap((finding) => findingChange(find(before.findings, finding.id), finding)),
    ...(before.status === view.status ? [] : [`run is ${view.status}`]),
    ...waiting(before, view),
  ];
}

function find<T extends { readonly id: string }>(list: readonly T[], id: string): T | undefined {
  return list.find((one) => one.id === id);
}

function standing(view: RunView): string {
  const done = view.tasks.filter((task) => task.status === 'completed').length;
  return `run ${view.id} (${plain(view.feature)}) is ${view.status}: ${done} of ${count(view.tasks.length, 'task')} done`;
}

function newPhases(before: RunView, view: RunView): string[] {
  const known = new Set(before.phases.map((phase) => phase.number));
  return view.phases
    .filter((phase) => !known.has(phase.number))
    .map(
      ({ number, remediates }) =>
        `phase ${number} added${remediates === null ? '' : `: closes the gaps of phase ${remediates}`}`,
    );
}

function taskChange(before: TaskView | undefined, task: TaskView, view: RunView, now: number): string[] {
  const title = plain(task.title);
  const name = task.kind === 'phase-task' && title !== '' ? `${task.name} (${title})` : task.name;
  const index = indexRun(view, now);
  if (before !== undefined && before.revision !== task.revision) return [`${name} edited`];
  if (before?.status !== task.status) {
    const took = task.startedAt === null ? '' : ` in ${elapsed((task.endedAt ?? now) - task.startedAt)}`;
    const detail = taskDetail(task, index);
    if (task.status === 'completed') return [`${name} completed${took}${detail === '' ? '' : `: ${detail}`}`];
    if (task.status === 'blocked') return [`${name} blocked: ${detail}`];
    if (task.status === 'skipped' || task.status === 'cancelled') return [`${name} ${task.status}`];
    if (task.status !== 'in_progress') return [];
  }
  if (task.status !== 'in_progress') return [];
  if (task.retryAt !== null && task.retryAt !== before?.retryAt)
    return [`${name} failed; tries again at ${clock(task.retryAt)}`];
  // Agents speak for themselves when they start.
  if (before?.step === task.step || task.waitsFor === 'attempt') return [];
  const detail = taskDetail(task, index);
  return task.waitsFor === 'gate' || detail === '' ? [] : [`${name} ${detail}`];
}

function attemptChange(before: AttemptView | undefined, attempt: AttemptView): string[] {
  if (before?.status === attempt.status) return [];
  const { id, taskName, role, agent, model, number } = attempt;
  const who = `${role} ${id}`;
  if (attempt.status === 'running') {
    if (before?.status === 'parked') return [`${taskName} ${who} goes on`];
    const again = number > 1 && !role.endsWith('reviewer') ? `, attempt ${number}` : '';
    return [
      `${taskName} ${who} started (${[agent, model]
        .filter(Boolean)
        .map((part) => plain(part ?? ''))
        .join(' ')}${again})`,
    ];
  }
  if (attempt.status === 'parked') {
    const said = parkedText(attempt, null);
    return [`${taskName} ${who}${said.startsWith('the ') ? ': ' : ' '}${said}`];
  }
  if (attempt.failure !== null) return [`${taskName} ${who} failed: ${plain(attempt.failure.message)}`];
  return attempt.status === 'lost' ? [`${taskName} ${who} lost`] : [];
}

function findingChange(before: FindingView | undefined, finding: FindingView): string[] {
  if (before?.status === finding.status) return [];
  const { id, severity, file, line, message, status, closedBecause } = finding;
  const place = file === null ? '' : ` ${plain(file)}${line === null ? '' : `:${line}`}`;
  if (status === 'open') return [`finding ${id} (${severity})${place} ${plain(message)}`];
  return before === undefined
    ? []
    : [`finding ${id} ${status}${closedBecause === null ? '' : `: ${plain(closedBecause)}`}`];
}

/** Gates that opened and blocks that came, with what to type. */
function waiting(before: RunView | null, view: RunView): string[] {
  const gates = view.gates.filter((gate) => before === null || find(before.gates, gate.id) === undefined);
  const questions = view.questions.filter(
    (question) => before === null || find(before.questions, question.id) === undefined,
  );
  const known = new Set(before?.blocked.map((block) => block.taskId));
  const blocks = view.blocked.filter((block) => !known.has(block.taskId));
  return [
    ...gates.flatMap((gate) => [
      `waits for you at gate ${gate.id}: ${plain(gate.question)}`,
      ...gate.next.map((next) => `  ${plain(next)}`),
    ]),
    ...questions.flatMap(({ taskName, role, text, next }) => [
      `${taskName} ${role} asks: ${plain(text)}`,
      ...next.map((command) => `  ${plain(command)}`),
    ]),
    ...blocks.flatMap((block) => [
      `${block.taskName} needs you: ${plain(block.message)}`,
      ...block.next.map((next) => `  ${plain(next)}`),
    ]),
  ];
}
