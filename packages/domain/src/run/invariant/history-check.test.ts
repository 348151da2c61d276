import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../event.ts';
import { fails } from '../simulation/behaviour.test-support.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';
import { checkHistory, checkTransition } from './check-history.ts';
import { HistoryCheck } from './history-check.ts';

/** The history of a run in which an attempt failed, changed. */
function spoilt(change: (event: RecordedEvent) => RecordedEvent | null): readonly string[] {
  const run = new SimulatedRun({
    script: { implementer: (turn) => (turn.roleAttempt === 1 ? fails('crash') : undefined) },
  }).toRest();
  const events = run.events.map(change).filter((event) => event !== null);
  const numbered = events.map((event, index): RecordedEvent => ({ ...event, number: index + 1 }));
  return checkHistory(numbered).map(({ guarantee, message }) => `${guarantee} ${message}`);
}

/** With other evidence than was collected. */
function withEvidence(evidence: object): readonly string[] {
  return spoilt((event) =>
    event.type === 'evidence.collected'
      ? {
          ...event,
          data: { ...event.data, evidence: { ...event.data.evidence, ...evidence } },
        }
      : event,
  );
}

describe('a history', () => {
  it('is clean when nobody changed it', () => {
    expect(spoilt((event) => event)).toEqual([]);
    expect(checkHistory([])).toEqual([]);
  });

  it.each([
    [{ commits: [] }, 'without a commit'],
    [{ onBranch: false }, 'although it is not on its branch'],
    [{ containsRequired: false }, 'although it is not on its branch'],
    [{ dirtyFiles: ['a.ts'] }, 'although its tree is not clean'],
    [{ headCommit: 'other' }, 'with another commit than the one that was looked at'],
    [
      { checks: [{ name: 'test', outcome: 'could_not_run', failures: [] }] },
      'although its checks do not pass',
    ],
  ])('G16 shows work that was accepted with %j', (evidence, lacks) => {
    expect(withEvidence(evidence)).toEqual([
      expect.stringMatching(new RegExp(`^G16 Attempt r1-a\\d+ .*${lacks}\\.$`)),
    ]);
  });

  it('G16 shows work that was accepted without evidence', () => {
    expect(spoilt((event) => (event.type === 'evidence.collected' ? null : event))).toEqual([
      expect.stringMatching(/^G16 .* was accepted without evidence\.$/),
    ]);
  });

  it('G04 shows a job that was asked for twice', () => {
    const found = spoilt((event) =>
      event.type === 'merge.requested' ? { ...event, data: { ...event.data, jobId: 'r1-j1' } } : event,
    );
    expect(found).toContain('G04 merge.requested asks for job r1-j1 again.');
  });

  it('G05 shows once what lasted for a while, with the event after which it was seen', () => {
    const run = new SimulatedRun();
    const [created] = run.events;
    const policy = created?.type === 'run.created' ? created.data.policy : null;
    const events = run
      .untilRunning('phase-1-task-1')
      .events.map((event) =>
        event.type === 'run.created'
          ? { ...event, data: { ...event.data, policy: { ...policy, parallelAgents: 0 } } }
          : event,
      ) as RecordedEvent[];
    const found = checkHistory(events);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      guarantee: 'G27',
      subject: 'r1',
      message: '1 are at work, and the policy allows 0.',
    });
    expect(found[0]?.event).toBeGreaterThan(1);
    expect(found[0]?.event).toBeLessThan(events.length);
  });

  it('G02 ends where an event does not follow', () => {
    const { events } = new SimulatedRun().toRest();
    const found = checkHistory(events.filter(({ number }) => number !== 9));
    expect(found.at(-1)).toMatchObject({ guarantee: 'G02', subject: 'r1', event: 10 });
    expect(found.at(-1)?.message).toMatch(
      /^Event 10 \(\S+\) does not follow: Error: run r1 is at event 8; event 10/,
    );
  });
});

describe('a transition', () => {
  it('G02 shows a state that is not at its events', () => {
    const { state, events } = new SimulatedRun();
    expect(checkTransition(null, state, events)).toEqual([]);
    expect(checkTransition(null, state, events.slice(0, -1))).toContainEqual({
      guarantee: 'G02',
      subject: 'r1',
      message: `The state is at event ${events.length}, and its events end at ${events.length - 1}.`,
    });
    expect(checkTransition(null, state, [])).toHaveLength(1);
  });

  it('has a state only when it began with one, or took an event', () => {
    expect(new HistoryCheck().state).toBeNull();
    expect(new HistoryCheck().violations()).toEqual([]);
    const { state } = new SimulatedRun();
    expect(new HistoryCheck(state).state).toBe(state);
  });
});
