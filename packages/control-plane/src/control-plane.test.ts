import { describe, expect, it } from 'vitest';
import { gaps, usualReport } from './testing/fake-node.test-support.ts';
import { openHome } from './testing/home.test-support.ts';

describe('a run', () => {
  it('goes from its design to a merged branch over the node and the procedures alone', async () => {
    const home = await openHome();
    const run = await home.startRun({ finalize: 'merge' });
    await home.node.work();

    const view = await home.call('run.get', { run });
    expect(view.status).toBe('complete');
    expect(view.ending).toMatchObject({ kind: 'merged', baseBranch: 'main' });
    expect(view.tasks.map((task) => `${task.name} ${task.status}`)).toEqual([
      'validate-design completed',
      'setup-worktree completed',
      'plan-phase-1 completed',
      'execute-phase-1 completed',
      'phase-1-task-1 completed',
      'phase-1-task-2 completed',
      'review-phase-1 completed',
      'plan-phase-2 completed',
      'execute-phase-2 completed',
      'phase-2-task-1 completed',
      'phase-2-task-2 completed',
      'review-phase-2 completed',
      'finalize completed',
    ]);
    expect(view.attempts).toEqual([]);
    expect(await home.store.listJobs({})).toEqual([]);
    expect(await home.call('run.verify', { run })).toMatchObject([{ clean: true, problems: [] }]);
    expect(home.node.answers.filter((answer) => !answer.ok)).toEqual([]);
    expect(home.errors).toEqual([]);
  });

  it('with gaps gets a remediation phase whose planner is told exactly the open findings', async () => {
    const home = await openHome();
    const prompts: string[] = [];
    home.node.script.turn = (turn) => {
      const { subject } = turn.assignment.agent ?? {};
      if (turn.job.role === 'planner') prompts.push(turn.message);
      const isFirstReview = turn.job.role === 'reviewer' && subject?.phase === '1';
      return isFirstReview ? gaps(turn, 'no index', 'no test') : usualReport(turn);
    };
    const run = await home.startRun({ finalize: 'keep' });
    await home.node.work();

    const view = await home.call('run.get', { run });
    expect(view.phases.map((phase) => phase.number)).toEqual(['1', '1.5', '2']);
    expect(view.status).toBe('complete');
    const [first, remediation] = prompts;
    expect(first).not.toContain('no index');
    expect(remediation).toContain('no index (src/part-1.ts:3)');
    expect(remediation?.match(/^- r\S+-f\d+, major: /gm)).toHaveLength(2);
    expect(view.findings.map((finding) => finding.status)).toEqual(['closed', 'closed']);
  });

  it('is listed, looked at and followed by what each procedure is for', async () => {
    const home = await openHome();
    home.node.script.turn = (turn) => (turn.job.role === 'planner' ? null : usualReport(turn));
    const run = await home.startRun();
    await home.node.work();

    expect(await home.call('run.list', { active: true })).toMatchObject([{ id: run, status: 'planning' }]);
    const tasks = await home.call('task.list', { run: 'shelf' });
    const planning = tasks.find((task) => task.name === 'plan-phase-1');
    expect(planning).toMatchObject({ status: 'in_progress', step: 'plan', waitsFor: 'attempt', attempts: 1 });
    const byName = await home.call('task.get', { task: `${run}/plan-phase-1` });
    expect(byName).toMatchObject({ id: planning?.id, allAttempts: [{ status: 'running', role: 'planner' }] });
    expect(await home.call('task.get', { task: byName.id })).toEqual(byName);

    const attempt = byName.currentAttemptId ?? '';
    home.machine.facts.sessions.set(attempt, ['tmux', 'attach']);
    expect(await home.call('attempt.get', { attempt })).toMatchObject({
      directory: `/srv/state/attempts/${attempt}`,
      outputPath: `/srv/state/attempts/${attempt}/output.log`,
      attachCommand: ['tmux', 'attach'],
    });
    expect(await home.call('run.commits', { run })).toHaveLength(1);
    const events = await home.call('event.list', { run, limit: 3 });
    expect(events.map((event) => event.number)).toEqual([1, 2, 3]);
    expect(await home.call('event.list', { after: 2, limit: 1 })).toEqual([events[2]]);
  });
});
