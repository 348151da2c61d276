import { describe, expect, it } from 'vitest';
import { failedTurn, usualReport } from '../testing/fake-node.test-support.ts';
import { planOf } from '../testing/fake-work.test-support.ts';
import { type Home, newKey, openHome } from '../testing/home.test-support.ts';

/** A home that counts what is asked of its store. */
function countQueries(home: Home): () => number {
  let count = 0;
  for (const [name, method] of Object.entries(home.store)) {
    const counted = (...args: readonly unknown[]): unknown => {
      count += 1;
      return (method as (...args: readonly unknown[]) => unknown)(...args);
    };
    Object.assign(home.store, { [name]: counted });
  }
  return () => count;
}

async function runOfFiftyTasks(home: Home): Promise<string> {
  home.machine.facts.projectConfig += 'limits: { tasksPerPlan: 60 }\n';
  home.node.script.turn = (turn) => {
    const baseline = turn.job.startCommit;
    if (turn.job.role === 'planner')
      return { kind: 'plan', markdown: planOf({ phase: '1', baseline, tasks: 20 }) };
    return turn.job.role === 'implementer' ? null : usualReport(turn);
  };
  const phases = Array.from({ length: 10 }, (_, index) => `## Phase ${index + 1}: Part\n\nText.\n`);
  const run = await home.startRun({ designText: phases.join('\n') });
  await home.node.work();
  return run;
}

describe('a view of a run', () => {
  it('of 50 tasks takes a fixed number of queries', async () => {
    const home = await openHome();
    const run = await runOfFiftyTasks(home);
    const view = await home.call('run.get', { run });
    expect(view.tasks.length).toBeGreaterThan(50);
    const queries = countQueries(home);
    await home.call('run.get', { run });
    expect(queries()).toBeLessThanOrEqual(4);
  });

  it('in a list is one query for all of them', async () => {
    const home = await openHome();
    for (let index = 0; index < 5; index += 1) await home.startRun({ fresh: true, feature: `f${index}` });
    const queries = countQueries(home);
    expect(await home.call('run.list', {})).toHaveLength(5);
    expect(queries()).toBe(1);
  });

  it('G06 says when it was read and when the run last changed', async () => {
    const home = await openHome();
    const run = await home.startRun();
    const startedAt = home.clock.now();
    home.clock.advance(90_000);
    expect(await home.call('run.get', { run })).toMatchObject({
      createdAt: startedAt,
      updatedAt: startedAt,
      asOf: startedAt + 90_000,
    });
  });

  it('G15 shows a parked attempt with the time until which it waits, and a retry with its time', async () => {
    const home = await openHome();
    const until = home.clock.now() + 3_600_000;
    home.node.script.turn = () => failedTurn('limit', until);
    const run = await home.startRun();
    await home.node.work();
    expect((await home.call('run.get', { run })).attempts).toMatchObject([
      {
        status: 'parked',
        parkedUntil: until,
        failure: null,
        session: expect.stringContaining('tina-') as string,
      },
    ]);
    home.node.script.turn = () => failedTurn('crash');
    const other = await home.startRun({ fresh: true, feature: 'other' });
    await home.node.work();
    const task = await home.call('task.get', { task: `${other}/validate-design` });
    expect(task).toMatchObject({ waitsFor: 'timer', retryAt: home.clock.now() + 5_000 });
    expect(task.allAttempts).toMatchObject([
      { status: 'failed', session: null, failure: { kind: 'crash', message: 'it ended with crash' } },
    ]);
  });

  it('G05 of a run whose worktree could not be put away does not count that as something that stops', async () => {
    const home = await openHome();
    home.node.script.turn = () => null;
    const run = await home.startRun();
    await home.node.work();
    const problem = { code: 'disk_full', message: 'no room', output: null, next: [] };
    home.node.script.job = ({ job }) =>
      job.kind === 'settle-attempt' ? { kind: 'failed', problem } : undefined;
    await home.call('run.cancel', { run, idempotencyKey: newKey() });
    await home.node.work();
    expect(await home.call('run.get', { run })).toMatchObject({
      status: 'cancelled',
      stopping: 0,
      attempts: [{ status: 'cancelled', settled: false }],
    });
  });
});
