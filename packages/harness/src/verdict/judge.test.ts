import { describe, expect, it } from 'vitest';
import { makeFacts, makeRun } from '../play/facts.test-support.ts';
import type { Facts } from '../play/facts.ts';
import type { Expected } from '../scenario/expected.ts';
import { judge } from './judge.ts';

const COMPLETE = { status: 'complete', launch: null } as Expected;
const DIFFERENCE = [{ path: 'files.a.txt', expected: 'a', found: 'b' }];

/** `category: message` of every finding. */
function judged(facts: Facts, differences: Parameters<typeof judge>[2] = []): readonly string[] {
  return judge(COMPLETE, facts, differences).map(({ category, message }) => `${category}: ${message}`);
}

it('what went as expected is no failure', () => {
  expect(judged(makeFacts())).toEqual([]);
});

describe('a failure is of', () => {
  it('the set-up when the run could not be launched', () => {
    const facts = makeFacts(null, { launch: { code: 2, stdout: '', stderr: '' } });
    expect(judged(facts, [{ path: 'launch.exit', expected: '0', found: '2' }])).toEqual([
      'set-up: the run could not be launched (tina orchestrate ended with 2)',
    ]);
  });

  it('the outcome when a refusal was expected and is another one', () => {
    const expected = { ...COMPLETE, launch: { exit: 1, error: 'no_agent', says: [] } };
    const difference = [{ path: 'launch.error', expected: 'no_agent', found: 'no_git' }];
    expect(judge(expected, makeFacts(null), difference)[0]?.category).toBe('outcome');
  });

  it('the orchestration when the store differs, something is left, or complete is not complete', () => {
    const unclean = [{ runId: 'r', events: 1, clean: false, problems: ['row tasks r-t1'], findings: [] }];
    const run = makeRun('single-phase');
    const open = makeRun('single-phase', { findings: [{ status: 'open', message: 'No test' }] as never });
    expect(judged(makeFacts(run, { verified: unclean }))).toEqual([
      'orchestration: tina verify: row tasks r-t1',
    ]);
    expect(judged(makeFacts(run, { leftovers: ['process 12'] }))).toEqual([
      'orchestration: something is left although every run has ended',
    ]);
    expect(judged(makeFacts(open))).toEqual(['orchestration: a run is shown as complete and is not']);
  });

  it('the orchestration when a run stands still, the agent when one is at work', () => {
    const events = makeRun('limit-parked');
    const parked = { ...events, ledger: { ...events.ledger, ended: null } };
    const stuck = { end: 'timeout', durationMs: 60_000 } as const;
    expect(judged(makeFacts(parked, stuck), DIFFERENCE)[0]).toMatch(
      /^orchestration: run \w+ has not ended after 60 s: no agent is at work$/,
    );
    const [last] = [...parked.ledger.attempts.values()].filter(({ role }) => role === 'implementer');
    Object.assign(last ?? {}, { settled: false, status: 'running' });
    expect(judged(makeFacts(parked, stuck), DIFFERENCE)).toEqual([
      expect.stringMatching(
        /^agent: run \w+ has not ended after 60 s: the implementer of phase-1-task-1 is running$/,
      ),
    ]);
  });

  it('an agent when it failed and the run was not meant to be blocked', () => {
    const run = makeRun('limit-parked');
    const task = [...run.ledger.tasks.values()].find(({ name }) => name === 'phase-1-task-1');
    for (const attempt of run.ledger.attempts.values())
      if (attempt.taskId === task?.id)
        Object.assign(attempt, { status: 'failed', failure: 'crash', reason: 'boom' });
    const blocked = [{ taskId: task?.id, taskName: 'phase-1-task-1', code: 'retries_spent' }];
    const view = { ...run.view, status: 'blocked', blocked } as unknown as typeof run.view;
    const facts = makeFacts({ ...run, view, ledger: { ...run.ledger, ended: null } });
    expect(judged(facts, [{ path: 'status', expected: 'complete', found: 'blocked' }])).toEqual([
      'agent: the implementer of phase-1-task-1 failed (crash): boom',
    ]);
  });

  it('the observation when events are missing, or status and events disagree', () => {
    const run = makeRun('single-phase');
    const followed = new Map([[run.view.id, run.events.map(({ number }) => number).filter((n) => n !== 9)]]);
    const [gap] = judge(COMPLETE, makeFacts(run, { followed }), DIFFERENCE);
    expect(gap).toMatchObject({ category: 'observation' });
    expect(gap?.lines[0]).toMatch(/--follow gave 134 events up to 135, not 1 to 135$/);
    const lying = makeRun('single-phase', {
      tasks: run.view.tasks.map((task) => ({ ...task, status: 'skipped' })),
    });
    expect(judge(COMPLETE, makeFacts(lying), [])[0]?.lines[0]).toMatch(
      /^tina status shows validate-design as skipped, its events say completed$/,
    );
  });

  it('the outcome when all went its way and a fact is another one', () => {
    expect(judged(makeFacts(), DIFFERENCE)).toEqual(['outcome: files.a.txt: expected a, found b']);
    expect(judged(makeFacts(undefined, { neverPlayed: ['event x.y'] }))).toEqual([
      'outcome: the moment of a fault never came: event x.y',
    ]);
    expect(judged(makeFacts(undefined, { stepProblems: ['tina pause ended with 1'] }))).toEqual([
      'outcome: tina pause ended with 1',
    ]);
  });
});
