import type { EventView } from '@tina/contract';
import { describe, expect, it } from 'vitest';
import { recordedEvents as recorded } from '../play/facts.test-support.ts';
import type { WatchLimits } from './anomalies.ts';
import type { Notice } from './notice.ts';
import { Watcher } from './watcher.ts';

const LIMITS: WatchLimits = { runMs: 30_000, tasksMs: 120_000, progressMs: 30_000, agentMs: 600_000 };
const TICK_MS = 500;
const MINUTE = 60_000;

/** Everything from the first event that fits comes so much later. */
function stretch(
  events: readonly EventView[],
  isFrom: (event: EventView) => boolean,
  byMs: number,
): readonly EventView[] {
  const from = events.findIndex(isFrom);
  expect(from).toBeGreaterThan(0);
  return events.map((event, index) => (index < from ? event : { ...event, at: event.at + byMs }));
}

interface Watched {
  readonly limits?: Partial<WatchLimits>;
  /** How long the watcher goes on looking after the last event. */
  readonly afterMs?: number;
}

/** What a watcher says that began 400 ms before the first event and looks at the clock twice a second. */
function watch(events: readonly EventView[], { limits = {}, afterMs = 0 }: Watched = {}): readonly Notice[] {
  const start = (events[0]?.at ?? 0) - 400;
  const watcher = new Watcher(start, { ...LIMITS, ...limits });
  const end = (events.at(-1)?.at ?? 0) + afterMs;
  const said: Notice[] = [];
  const waiting = [...events];
  for (let now = start; now <= end + TICK_MS; now += TICK_MS) {
    while (waiting[0] !== undefined && waiting[0].at <= now)
      said.push(...watcher.see(waiting.shift() as EventView));
    said.push(...watcher.tick(now));
  }
  return said;
}

const texts = (notices: readonly Notice[], kind: Notice['kind']): readonly string[] =>
  notices.filter((notice) => notice.kind === kind).map(({ text }) => text);
const anomalies = (notices: readonly Notice[]): readonly string[] => texts(notices, 'anomaly');

const typed =
  (type: string, field?: string, value?: string) =>
  ({ type: found, data }: EventView): boolean =>
    found === type && (field === undefined || data[field] === value);

describe('milestones', () => {
  it('tell how far a run has come, each once and with its time', () => {
    const said = watch(recorded('single-phase'));
    expect(texts(said, 'milestone')).toEqual([
      expect.stringMatching(/^run r\w+ created$/),
      'design validated: pass',
      'branch tina/greeting made',
      'phase 1 planned: 3 tasks',
      expect.stringMatching(/^phase-1-task-[12] merged \(1\/3 tasks of phase 1\)$/),
      expect.stringMatching(/^phase-1-task-[12] merged \(2\/3 tasks of phase 1\)$/),
      'phase-1-task-3 merged (3/3 tasks of phase 1)',
      'phase 1 executed',
      'phase 1 reviewed: pass',
      'finalized',
      'run complete: merged',
    ]);
    expect(said[0]).toMatchObject({ code: 'created', afterMs: 400 });
    expect(said.map(({ afterMs }) => afterMs)).toEqual(
      said.map(({ afterMs }) => afterMs).toSorted((a, b) => a - b),
    );
  });

  it('tell of remediation, and of a block with its reason', () => {
    const said = texts(watch(recorded('impossible-requirement')), 'milestone');
    expect(said).toContain('phase 1.5 added for the gaps of phase 1');
    expect(said).toContain('phase 1.5 reviewed: gaps');
    expect(said.at(-1)).toBe('run blocked (review-phase-1.5.5: remediation_limit)');
  });

  it('tell when a person is asked, and the answer', () => {
    const said = texts(watch(recorded('gates')), 'milestone');
    const answers = said.filter(
      (text) => text.startsWith('a person') || /^(?:approved|rejected)$/.test(text),
    );
    expect(answers).toEqual([
      'a person is asked: plan',
      'rejected',
      'a person is asked: plan',
      'approved',
      'a person is asked: review',
      'approved',
      'a person is asked: finalize',
      'approved',
    ]);
  });

  it('are kept apart from setbacks that Tina deals with', () => {
    expect(texts(watch(recorded('limit-parked')), 'setback')).toEqual([
      'the implementer of phase-1-task-1 waits for the end of a limit',
    ]);
    expect(texts(watch(recorded('everything-killed')), 'setback')).toContain(
      'the implementer of phase-1-task-1 was lost',
    );
  });
});

describe('no alarm', () => {
  it.each(['single-phase', 'limit-parked', 'gates', 'impossible-requirement', 'everything-killed'])(
    'is raised in %s, nor in the hour after it',
    (name) => {
      expect(anomalies(watch(recorded(name), { afterMs: 60 * MINUTE }))).toEqual([]);
    },
  );

  it('is raised while an agent works in silence for nine minutes', () => {
    const isDone = typed('turn.ended');
    const events = stretch(recorded('limit-parked'), isDone, 9 * MINUTE);
    expect(anomalies(watch(events, { limits: { tasksMs: 20 * MINUTE } }))).toEqual([]);
  });

  it('is raised while an agent is parked for hours, though a phase is being planned', () => {
    const events = recorded('limit-parked').map((event) =>
      event.type === 'attempt.parked'
        ? { ...event, data: { ...event.data, until: event.at + 5 * 60 * MINUTE } }
        : event,
    );
    expect(anomalies(watch(stretch(events, typed('attempt.resumed'), 5 * 60 * MINUTE)))).toEqual([]);
  });

  it('is raised while a person thinks about a gate for a day', () => {
    const events = stretch(recorded('gates'), typed('gate.rejected'), 24 * 60 * MINUTE);
    expect(anomalies(watch(events, { limits: { agentMs: MINUTE } }))).toEqual([]);
  });

  it('is raised while checks run that may take ten minutes', () => {
    const events = stretch(recorded('single-phase'), typed('checks.recorded'), 9 * MINUTE);
    expect(anomalies(watch(events))).toEqual([]);
  });

  it('is raised after a blocked run, whose next step is a person’s', () => {
    expect(anomalies(watch(recorded('impossible-requirement'), { afterMs: 600 * MINUTE }))).toEqual([]);
  });
});

describe('an alarm', () => {
  it('is raised when there is no run in time, once', () => {
    const watcher = new Watcher(0, LIMITS);
    expect(watcher.tick(29_999)).toEqual([]);
    expect(watcher.tick(30_000)).toMatchObject([
      { kind: 'anomaly', code: 'no_run', text: 'no run after 30 s', runId: null },
    ]);
    expect(watcher.tick(90_000)).toEqual([]);
    const [first] = recorded('single-phase');
    expect(watcher.see({ ...(first as EventView), at: 95_000 })).toMatchObject([
      { code: 'created', afterMs: 95_000 },
    ]);
  });

  it('is raised when a phase has no tasks in time, once', () => {
    const events = stretch(recorded('single-phase'), typed('plan.accepted'), 4 * MINUTE);
    expect(anomalies(watch(events))).toEqual(['phase 1 has no tasks 120 s after its planning began']);
  });

  it('is raised when nothing is under way and nothing comes', () => {
    // After the review nothing runs until the finalizing begins.
    const events = stretch(recorded('single-phase'), typed('integration.completed'), 75_000);
    const said = watch(events);
    expect(anomalies(said)).toEqual(['no progress for 30 s: nothing is under way']);
    expect(texts(said, 'milestone')).toContain('progress again after 75 s');
  });

  it('is raised when an agent says nothing for longer than an agent may', () => {
    const events = stretch(recorded('single-phase'), typed('plan.accepted'), 12 * MINUTE);
    const said = anomalies(watch(events, { limits: { tasksMs: 60 * MINUTE } }));
    expect(said).toEqual([
      expect.stringMatching(/^no progress for 10 min: the planner of plan-phase-1 is running$/),
    ]);
  });

  it('is raised when a limit is over and its agent does not go on', () => {
    const events = stretch(recorded('limit-parked'), typed('attempt.resumed'), 2 * MINUTE);
    expect(anomalies(watch(events))).toEqual([
      expect.stringMatching(/^no progress for \d+ s: the implementer of phase-1-task-1 is parked$/),
    ]);
  });

  it('is raised for each time that a run stands still', () => {
    const twice = stretch(
      stretch(recorded('single-phase'), typed('integration.completed'), MINUTE),
      typed('landing.completed'),
      MINUTE,
    );
    expect(anomalies(watch(twice))).toHaveLength(2);
  });

  it('is raised when an event is missing or comes twice', () => {
    const events = recorded('single-phase');
    const missing = events.filter(({ number }) => number !== 17);
    expect(anomalies(watch(missing))).toContain('event 18 came after event 16: what is between is missing');
    const doubled = events.flatMap((event) => (event.number === 40 ? [event, event] : [event]));
    const said = watch(doubled);
    expect(anomalies(said)).toEqual(['event 40 came again after event 40']);
    expect(texts(said, 'milestone')).toEqual(texts(watch(events), 'milestone'));
  });

  it('is raised when a run is complete although a task is not', () => {
    const events = recorded('single-phase');
    const id = events.find(({ data }) => data['name'] === 'review-phase-1')?.data['id'];
    const undone = events
      .filter(({ type, data }) => !(type === 'task.completed' && data['taskId'] === id))
      .map((event, index) => ({ ...event, number: index + 1 }));
    expect(anomalies(watch(undone))).toEqual(['the run is complete, but review-phase-1 is in_progress']);
  });
});

it('two runs are watched apart, and the second says which it is', () => {
  const events = recorded('single-phase');
  const other = events.map((event) => ({ ...event, runId: 'r2', at: event.at + 100 }));
  const both = [...events, ...other].toSorted((a, b) => a.at - b.at);
  const said = watch(both);
  expect(anomalies(said)).toEqual([]);
  expect(texts(said, 'milestone').filter((text) => text.startsWith('run complete'))).toEqual([
    'run complete: merged',
    'run complete: merged [r2]',
  ]);
});
