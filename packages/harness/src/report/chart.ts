import type { AttemptSpan, RunTimeline, ScenarioResult, Span, TaskSpan } from '../result/scenario-result.ts';
import { elapsed } from '../watcher/notice.ts';
import { type Axis, axisUpTo, percentOf, tickText } from './axis.ts';
import { html, type Html } from './html.ts';

/** The tasks and attempts of each run on one time axis, with what the watcher said and what was done to it. */
export function chart(result: ScenarioResult): Html {
  const axis = axisUpTo(result.durationMs);
  const runs = result.runs.map((run) => runRows(run, axis, result.runs.length > 1, result.durationMs));
  return html`<div class="chart" style="--step: ${percentOf(axis, axis.stepMs)}">
    <div class="name soft">seconds since the launch</div>
    <div class="track axis">${ticks(axis)}</div>
    <div class="name soft">milestones, faults</div>
    <div class="track">${marks(result, axis)}</div>
    ${runs}
  </div>`;
}

function ticks(axis: Axis): readonly Html[] {
  const count = Math.round(axis.endMs / axis.stepMs);
  return Array.from({ length: count }, (_, index) => {
    const ms = index * axis.stepMs;
    return html`<span style="left: ${percentOf(axis, ms)}">${tickText(ms)}</span>`;
  });
}

function marks({ notices, faults }: ScenarioResult, axis: Axis): readonly Html[] {
  const place = (ms: number): string => `left: ${percentOf(axis, ms)}`;
  return [
    ...notices.map(
      ({ kind, afterMs, text }) =>
        html`<i class="mark ${kind}" style="${place(afterMs)}" title="${elapsed(afterMs)}: ${text}"></i>`,
    ),
    ...faults.map(
      ({ afterMs, text }) =>
        html`<i class="mark fault" style="${place(afterMs)}" title="${elapsed(afterMs)}: ${text}"></i>`,
    ),
  ];
}

function runRows({ runId, status, tasks }: RunTimeline, axis: Axis, isNamed: boolean, endMs: number): Html {
  const phases = [...new Set(tasks.map(({ phase }) => phase))];
  const begin = tasks.filter(({ phase, kind }) => phase === null && kind !== 'finalize');
  const end = tasks.filter(({ kind }) => kind === 'finalize');
  const row = (task: TaskSpan): Html => taskRow(task, axis, endMs);
  const inPhases = phases
    .filter((phase) => phase !== null)
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((phase) => {
      const own = tasks.filter((task) => task.phase === phase);
      return html`<div class="name phase">Phase ${phase}</div>
        ${inOrder(own).map(row)}`;
    });
  const heading = isNamed ? html`<div class="name phase">Run ${runId} (${status})</div>` : null;
  return html`${heading} ${begin.map(row)} ${inPhases}
    <div class="name phase">After the phases</div>
    ${end.map(row)}`;
}

/** By when they began; those that never did come last. */
function inOrder(tasks: readonly TaskSpan[]): readonly TaskSpan[] {
  return tasks.toSorted((a, b) => (a.fromMs ?? Infinity) - (b.fromMs ?? Infinity));
}

function taskRow(task: TaskSpan, axis: Axis, endMs: number): Html {
  const tone = task.status === 'blocked' ? 'bad' : task.status === 'completed' ? '' : 'soft';
  const shown = task.status === 'completed' ? '' : ` (${task.status})`;
  return html`<div class="name ${tone}">${task.name}${shown}</div>
    <div class="track">
      ${bar(task, 'bar', `${task.name}: ${task.status}`, axis, endMs)}
      ${task.attempts.map((attempt) => attemptBar(attempt, axis, endMs))}
    </div>`;
}

function attemptBar(attempt: AttemptSpan, axis: Axis, endMs: number): Html {
  const failure = attempt.failure === null ? '' : ` (${attempt.failure})`;
  const title = `attempt ${attempt.number}, ${attempt.role}: ${attempt.status}${failure}`;
  return bar(attempt, `bar attempt ${attempt.role} ${attempt.status}`, title, axis, endMs);
}

function bar({ fromMs, toMs }: Span, classes: string, title: string, axis: Axis, endMs: number): Html {
  if (fromMs === null) return html``;
  const until = toMs ?? endMs;
  const took = elapsed(Math.max(until - fromMs, 0));
  const style = `left: ${percentOf(axis, fromMs)}; width: ${percentOf(axis, Math.max(until - fromMs, 0))}`;
  return html`<i class="${classes}" style="${style}" title="${title}, ${took}"></i>`;
}

const ROLES = ['validator', 'planner', 'implementer', 'reviewer', 'resolver'] as const;

/** What the colours mean. */
export function legend(): Html {
  return html`<div class="legend">
    ${ROLES.map((role) => html`<span><i class="${role}"></i>${role}</span>`)}
    <span><i class="bar failed" style="position: static"></i>failed or lost</span>
    <span><i class="mark"></i>milestone</span>
    <span><i class="mark setback"></i>setback</span>
    <span><i class="mark anomaly"></i>anomaly</span>
    <span><i class="mark fault"></i>fault played</span>
  </div>`;
}
