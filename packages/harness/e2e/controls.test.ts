import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { ActionView, CleanupItem, EventView, GateView, RunView, TimelineItem } from '@tina/contract';
import {
  designOf,
  entry,
  eventsOf,
  firstAttemptOf,
  hold,
  planOf,
  played,
  promptOf,
  revisionAtWork,
  runOf,
  Sandbox,
  type SandboxOptions,
  scriptOf,
  start,
  taskOf,
  until,
  workOn,
} from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

const QUICK = 'retries: { backoff: 50ms }\n';
const ONE_TASK = entry('role: planner', planOf('{ title: one, files: [a.txt] }'));
const ONE_AFTER_THE_OTHER = entry(
  'role: planner',
  planOf('{ title: one, files: [a.txt] }', '{ title: two, files: [b.txt], dependsOn: "1" }'),
);
const WELL = entry('role: implementer', ...workOn('{task}.txt'));
const FIRST = 'phase-1-task-1';

/** A run of one phase. */
async function startWith(
  entries: readonly string[],
  options: SandboxOptions = {},
  ...flags: readonly string[]
): Promise<string> {
  sandbox = await Sandbox.create({ config: QUICK, ...options, script: scriptOf(...entries) });
  return (await start(sandbox, designOf('Only'), ...flags)).runId;
}
const exists = (path: string): Promise<boolean> =>
  sandbox.git('cat-file', '-e', `main:${path}`).then(
    () => true,
    () => false,
  );

async function untilGate(kind: GateView['kind']): Promise<GateView> {
  let gate: GateView | undefined;
  await until(`a gate of kind ${kind} is open`, async () => {
    gate = (await runOf(sandbox)).gates.find((each) => each.kind === kind);
    return gate !== undefined;
  });
  return gate as GateView;
}

test('G28 one timeline shows who asked for what, what it did, and what was refused', async () => {
  await startWith([ONE_TASK, entry('role: implementer', ...hold('one'), ...workOn('a.txt'))]);
  await sandbox.reached('one');
  for (const command of ['pause', 'pause', 'resume']) await sandbox.tina(command, 'sample');
  await sandbox.release('one');
  expect(await sandbox.wait('sample')).toBe(0);

  const actions = await sandbox.jsonLines<ActionView>('actions', 'sample');
  const { username } = userInfo();
  expect(actions.map(({ kind, requestedBy, reasonCode }) => [kind, requestedBy, reasonCode])).toEqual([
    ['run.create', username, null],
    ['run.pause', username, null],
    ['run.pause', username, 'already_paused'],
    ['run.resume', username, null],
  ]);
  const timeline = await sandbox.jsonLines<TimelineItem>('events', 'sample', '--actions');
  expect(timeline.flatMap((item) => ('event' in item ? [item.event] : []))).toEqual(await eventsOf(sandbox));
  const indexOf = (kind: string): number =>
    timeline.findIndex((item) => 'action' in item && item.action.kind === kind);
  for (const [kind, type] of [
    ['run.create', 'run.created'],
    ['run.pause', 'run.paused'],
    ['run.resume', 'run.resumed'],
  ] as const)
    expect(timeline[indexOf(kind) + 1]).toMatchObject({ event: { type } });

  const lines = (await sandbox.tina('events', 'sample')).stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(timeline.length);
  const refused = lines.find((line) => line.includes('already_paused'));
  expect(refused).toMatch(/^ {4}> {2}[\d:]{8} {2}\S+ {2}run\.pause {2}rejected: .*paused already\.$/);
});

describe('G27 pause', () => {
  test('lets what runs end and starts nothing; resume goes on where it stood', async () => {
    await startWith([
      ONE_AFTER_THE_OTHER,
      entry('role: implementer, task: 1', ...hold('one'), ...workOn('a.txt')),
      entry('role: implementer, task: 2', ...workOn('b.txt')),
    ]);
    await sandbox.reached('one');
    expect((await sandbox.tina('pause', 'sample')).stdout).toContain('agents at work finish their attempt');
    expect(await runOf(sandbox)).toMatchObject({ status: 'paused', stopping: 1 });

    const again = await sandbox.tina('pause', 'sample');
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toContain('The run is paused already.');
    expect(again.stderr).toContain('next: tina resume ');

    await sandbox.release('one');
    await until('the attempt has ended', async () => (await runOf(sandbox)).stopping === 0);
    expect((await firstAttemptOf(sandbox, FIRST)).status).toBe('succeeded');
    const all = (await eventsOf(sandbox)).map((event) => event.type);
    const since = all.slice(all.indexOf('run.paused'));
    expect(since).not.toContain('attempt.requested');
    expect(since).not.toContain('merge.requested');

    expect((await sandbox.tina('resume', 'sample')).code).toBe(0);
    expect(await sandbox.wait('sample')).toBe(0);
    expect((await sandbox.tina('resume', 'sample')).stderr).toContain('The run is complete.');
    expect((await taskOf(sandbox, FIRST)).allAttempts).toHaveLength(1);
  });

  test('G22 --now stops the agents, keeps their work under a ref, and the next attempt is told of it', async () => {
    await startWith([
      ONE_TASK,
      entry(
        'role: implementer, attempt: 1',
        'write: { path: a.txt, content: "half of it\\n" }',
        ...hold('half'),
      ),
      entry('role: implementer, attempt: 2', ...workOn('a.txt', 'all of it')),
    ]);
    await sandbox.reached('half');
    expect(await sandbox.processesWith('scripted-agent')).not.toEqual([]);
    expect((await sandbox.tina('pause', 'sample', '--now')).code).toBe(0);
    await until('the agent is stopped', async () => (await runOf(sandbox)).stopping === 0);
    expect(await sandbox.processesWith('scripted-agent')).toEqual([]);
    expect(await sandbox.processesWith('launch.json')).toEqual([]);

    const stopped = await firstAttemptOf(sandbox, FIRST);
    expect(stopped).toMatchObject({
      status: 'cancelled',
      settled: true,
      rescueRef: `refs/tina/attempts/${stopped.id}`,
    });
    expect(await sandbox.git('show', `${stopped.rescueRef}:a.txt`)).toBe('half of it');

    await sandbox.tina('resume', 'sample');
    expect(await sandbox.wait('sample')).toBe(0);
    const attempts = (await taskOf(sandbox, FIRST)).allAttempts;
    expect(attempts.map((attempt) => attempt.status)).toEqual(['cancelled', 'succeeded']);
    const told = await promptOf(sandbox, attempts[1]);
    expect(told).toContain('The attempt before this one');
    expect(told).toContain(stopped.rescueRef);
    expect(await sandbox.git('show', 'main:a.txt')).toBe('all of it');
  });
});

describe('G27 a blocked task', () => {
  const crash = entry('role: implementer, attempt: [1, 2]', 'crash: { exitCode: 3 }');

  test('is tried again by retry, its retries counted anew', async () => {
    await startWith([
      ONE_TASK,
      crash,
      entry('role: implementer, attempt: 3', 'crash'),
      entry('role: implementer', ...workOn('a.txt')),
    ]);
    expect(await sandbox.wait('sample')).toBe(1);
    expect((await sandbox.tina('retry', `sample/${FIRST}`)).stdout).toContain(
      'Trying sample/phase-1-task-1 again',
    );
    expect(await sandbox.wait('sample')).toBe(0);
    expect((await taskOf(sandbox, FIRST)).allAttempts.map((attempt) => attempt.status)).toEqual([
      'failed',
      'failed',
      'failed',
      'succeeded',
    ]);
    const late = await sandbox.tina('retry', `sample/${FIRST}`);
    expect(late.code).toBe(1);
    expect(late.stderr).toContain('The run is complete.');
  });

  test('blocks its dependants alone, and those start when it is skipped', async () => {
    await startWith([
      entry(
        'role: planner',
        planOf(
          '{ title: broken, files: [1.txt] }',
          '{ title: after it, files: [2.txt], dependsOn: "1" }',
          '{ title: beside it, files: [3.txt] }',
        ),
      ),
      entry('role: implementer, task: 1', 'authentication'),
      WELL,
    ]);
    expect(await sandbox.wait('sample')).toBe(1);
    const states = async (): Promise<readonly string[]> =>
      (await runOf(sandbox)).tasks.filter((each) => each.kind === 'phase-task').map((each) => each.status);
    expect(await states()).toEqual(['blocked', 'pending', 'completed']);

    expect((await sandbox.tina('skip', `sample/${FIRST}`)).code).toBe(2);
    expect((await sandbox.tina('skip', `sample/${FIRST}`, '--reason', 'done by hand')).code).toBe(0);
    expect(await sandbox.wait('sample')).toBe(0);
    expect(await states()).toEqual(['skipped', 'completed', 'completed']);
    const skipped = (await eventsOf(sandbox)).find((event) => event.type === 'task.skipped');
    expect(skipped?.data['reason']).toBe('done by hand');
    const again = await sandbox.tina('skip', 'sample/finalize', '--reason', 'no');
    expect(again.code).toBe(1);
  });

  test('that was to plan a phase is skipped with the phase, and the next phase goes on', async () => {
    sandbox = await Sandbox.create({
      config: QUICK,
      script: scriptOf(
        entry('role: planner, phase: "1"', 'authentication'),
        ONE_TASK,
        entry('role: implementer', ...workOn('a.txt')),
      ),
    });
    await start(sandbox, designOf('First', 'Second'));
    expect(await sandbox.wait('sample')).toBe(1);
    expect((await sandbox.tina('skip', 'sample/plan-phase-1', '--reason', 'not needed')).code).toBe(0);
    expect(await sandbox.wait('sample')).toBe(0);
    const { tasks } = await runOf(sandbox);
    const statusOf = (name: string): string | undefined => tasks.find((each) => each.name === name)?.status;
    expect(['plan-phase-1', 'execute-phase-1', 'review-phase-1', 'review-phase-2'].map(statusOf)).toEqual([
      'skipped',
      'skipped',
      'skipped',
      'completed',
    ]);
    expect(await exists('a.txt')).toBe(true);
  });
});

test('G14 cancel ends every process, keeps the branches and removes the worktrees', async () => {
  await startWith([
    entry('role: planner', planOf('{ title: one, files: [1.txt] }', '{ title: two, files: [2.txt] }')),
    entry('role: implementer, task: 1', ...hold('one')),
    entry('role: implementer, task: 2', 'write: { path: 2.txt, content: kept }', ...hold('two')),
  ]);
  await Promise.all([sandbox.reached('one'), sandbox.reached('two')]);
  const waiting = sandbox.follow('wait', 'sample');
  expect((await sandbox.tina('cancel', 'sample', '--reason', 'wrong approach')).code).toBe(0);
  expect((await waiting.ended).code).toBe(1);
  await until('nothing is at work', async () => (await sandbox.processesWith('launch.json')).length === 0);
  await until('the worktrees are gone', async () => !(await sandbox.git('worktree', 'list')).includes('\n'));
  expect(await sandbox.processesWith('scripted-agent')).toEqual([]);
  expect(await sandbox.git('for-each-ref', '--format=%(refname:short)', 'refs/heads')).toBe(
    'main\ntina/sample',
  );
  const stopped = await firstAttemptOf(sandbox, 'phase-1-task-2');
  expect(await sandbox.git('show', `${stopped.rescueRef}:2.txt`)).toBe('kept');
  expect(await runOf(sandbox)).toMatchObject({
    status: 'cancelled',
    ending: { kind: 'cancelled', reason: 'wrong approach' },
    stopping: 0,
  });
  const again = await sandbox.tina('cancel', 'sample');
  expect(again.code).toBe(1);
  expect(again.stderr).toContain('The run is cancelled.');
});

test('G27 under the strict policy a person approves or sends back each plan and each review', async () => {
  const script = [
    ONE_TASK,
    entry('role: implementer, phase: "1"', ...workOn('a.txt')),
    entry('role: implementer, phase: "1.5"', ...workOn('a.txt', 'documented')),
  ];
  await startWith(script, {}, '--policy', 'strict');

  const plan = await untilGate('plan');
  expect(plan.next).toContain(`tina approve ${plan.id}`);
  expect((await sandbox.tina('reject', plan.id)).code).toBe(2);
  await sandbox.tina('reject', plan.id, '--comment', 'One task is enough.');
  const late = await sandbox.tina('approve', plan.id);
  expect(late.code).toBe(1);
  expect(late.stderr).toContain('The gate was rejected already.');
  const second = await untilGate('plan');
  const planners = (await taskOf(sandbox, 'plan-phase-1')).allAttempts;
  expect(planners).toHaveLength(2);
  expect(await promptOf(sandbox, planners[1])).toContain('One task is enough.');
  await sandbox.tina('approve', second.id, '--comment', 'good');

  const review = await untilGate('review');
  await sandbox.tina('reject', review.id, '--comment', 'The file says nothing of use.');
  const planOfGaps = await untilGate('plan');
  const [gapPlanner] = (await taskOf(sandbox, 'plan-phase-1.5')).allAttempts;
  expect(await promptOf(sandbox, gapPlanner)).toContain('The file says nothing of use.');
  await sandbox.tina('approve', planOfGaps.id);
  await sandbox.tina('approve', (await untilGate('review')).id);
  expect(await sandbox.wait('sample')).toBe(0);

  expect((await taskOf(sandbox, FIRST)).allAttempts.map((attempt) => attempt.role)).toEqual([
    'implementer',
    'spec-reviewer',
    'quality-reviewer',
  ]);
  expect(await sandbox.git('show', 'main:a.txt')).toBe('documented');
});

describe('the end of a run that asks', () => {
  const toTheGate = async (options: SandboxOptions = {}): Promise<GateView> => {
    await startWith([ONE_TASK, entry('role: implementer', ...workOn('a.txt'))], options, '--finalize', 'ask');
    return untilGate('finalize');
  };
  const finalize = async (choice: string): Promise<RunView> => {
    expect((await sandbox.tina('finalize', 'sample', choice)).code).toBe(0);
    expect(await sandbox.wait('sample')).toBe(0);
    return runOf(sandbox);
  };

  test('is a merge that is said once, and is no matter of approval', async () => {
    const gate = await toTheGate();
    const approved = await sandbox.tina('approve', gate.id);
    expect(approved.code).toBe(1);
    expect(approved.stderr).toContain('--merge');
    expect((await sandbox.tina('finalize', 'sample')).code).toBe(2);
    expect((await sandbox.tina('finalize', 'sample', '--merge', '--keep')).code).toBe(2);
    expect((await finalize('--merge')).ending).toMatchObject({ kind: 'merged', checkout: 'updated' });
    expect(await sandbox.read('a.txt')).toBe('done\n');
    const again = await sandbox.tina('finalize', 'sample', '--discard');
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('The run is complete.');
  });

  test('is a branch that is kept', async () => {
    await toTheGate();
    expect((await finalize('--keep')).ending).toEqual({ kind: 'kept', branch: 'tina/sample' });
    expect(await sandbox.git('show', 'tina/sample:a.txt')).toBe('done');
    expect(await exists('a.txt')).toBe(false);
  });

  test('G22 is a branch that is discarded, its commits under a ref', async () => {
    await toTheGate();
    const { id, ending } = await finalize('--discard');
    expect(ending).toEqual({ kind: 'discarded', rescueRef: `refs/tina/runs/${id}` });
    expect(await sandbox.git('branch', '--list', 'tina/sample')).toBe('');
    expect(await sandbox.git('show', `refs/tina/runs/${id}:a.txt`)).toBe('done');
  });

  test('is a branch that is kept, when nobody is to be asked; programs read what happens as it does', async () => {
    sandbox = await Sandbox.create({
      script: scriptOf(ONE_TASK, entry('role: implementer', ...workOn('a.txt'))),
    });
    const path = await sandbox.write('docs/sample-design.md', designOf('Only'));
    const lines = await sandbox.jsonLines<Record<string, unknown>>('orchestrate', path, '--yes');
    expect(lines[0]).toMatchObject({ started: { outcome: 'started', designChanged: false } });
    const numbers = lines.slice(1, -1).map((line) => (line['event'] as EventView).number);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(lines.at(-1)).toMatchObject({
      run: { status: 'complete', ending: { kind: 'kept', branch: 'tina/sample' } },
    });
  });

  test('is a pull request, opened by gh from the pushed branch', async () => {
    const gh =
      'echo "$@" >>"$HOME/gh-calls"\nif [ "$2" = create ]; then echo https://example.test/pull/7; fi';
    sandbox = await Sandbox.create({
      config: QUICK,
      programs: { gh },
      script: scriptOf(ONE_TASK, entry('role: implementer', ...workOn('a.txt'))),
    });
    await sandbox.git('init', '--quiet', '--bare', '../remote.git');
    await sandbox.git('remote', 'add', 'origin', '../remote.git');
    await start(sandbox, designOf('Only'), '--finalize', 'pr');
    expect(await sandbox.wait('sample')).toBe(0);
    expect((await runOf(sandbox)).ending).toMatchObject({
      kind: 'pull-request',
      url: 'https://example.test/pull/7',
    });
    expect(await sandbox.git('-C', '../remote.git', 'show', 'tina/sample:a.txt')).toBe('done');
    expect(await readFile(join(sandbox.path, 'user/gh-calls'), 'utf8')).toContain(
      'pr create --head tina/sample --base main',
    );
    expect((await sandbox.tina('status', 'sample')).stdout).toContain('https://example.test/pull/7');
  });

  test('is what to type for a pull request, where there is no remote', async () => {
    await startWith(
      [ONE_TASK, entry('role: implementer', ...workOn('a.txt'))],
      { without: ['gh'] },
      '--finalize',
      'pr',
    );
    expect(await sandbox.wait('sample')).toBe(0);
    const { ending } = await runOf(sandbox);
    expect(ending).toMatchObject({ kind: 'pull-request', url: null });
    const { stdout } = await sandbox.tina('status', 'sample');
    expect(stdout).toContain('git remote add origin <url>');
    expect(stdout).toContain('git push origin tina/sample');
  });

  test('is no pull request as long as there is no remote, and the choice stays open', async () => {
    await toTheGate();
    const refused = await sandbox.tina('finalize', 'sample', '--pr');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('git remote add origin <url>');
    expect((await finalize('--keep')).ending).toEqual({ kind: 'kept', branch: 'tina/sample' });
  });

  test('is what to type for a pull request, where there is a remote and no gh', async () => {
    await toTheGate({ without: ['gh'] });
    await sandbox.git('init', '--quiet', '--bare', '../remote.git');
    await sandbox.git('remote', 'add', 'origin', '../remote.git');
    await finalize('--pr');
    expect(await sandbox.git('-C', '../remote.git', 'show', 'tina/sample:a.txt')).toBe('done');
    expect((await sandbox.tina('status', 'sample')).stdout).toContain(
      'gh pr create --base main --head tina/sample',
    );
  });
});

test('G22 cleanup says what it removes and what it keeps, and keeps what is merged nowhere', async () => {
  await startWith([ONE_TASK, entry('role: implementer', ...workOn('a.txt'))], {}, '--finalize', 'keep');
  expect(await sandbox.wait('sample')).toBe(0);
  await until('the worktree is gone', async () => !(await sandbox.git('worktree', 'list')).includes('\n'));
  const cleanup = async (...flags: readonly string[]): Promise<readonly (readonly [string, string])[]> =>
    (await sandbox.json<readonly CleanupItem[]>('cleanup', ...flags)).map(({ action, kind }) => [
      action,
      kind,
    ]);
  const planned = await cleanup('--dry-run');
  expect(planned).toContainEqual(['keep', 'branch']);
  expect(planned).toContainEqual(['remove', 'attempt-files']);
  const { stdout } = await sandbox.tina('cleanup', '--dry-run');
  for (const text of ['not all of its commits are in main', 'git branch -D tina/sample', 'to remove']) {
    expect(stdout).toContain(text);
  }
  const { id } = await firstAttemptOf(sandbox, FIRST);
  expect((await sandbox.tina('logs', id)).code).toBe(0);
  expect(await cleanup()).toEqual(planned);
  expect((await sandbox.tina('logs', id)).stderr).toContain('were cleaned up');
  expect(await sandbox.git('show', 'tina/sample:a.txt')).toBe('done');

  await sandbox.git('merge', '--quiet', 'tina/sample');
  expect(await cleanup()).toContainEqual(['remove', 'branch']);
  expect(await sandbox.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  expect((await sandbox.tina('cleanup')).stdout).toContain('Nothing to remove.');
});

test('steering a run that has not come so far is refused with the reason and changes nothing', async () => {
  await startWith([entry('role: validator', ...hold('design'))]);
  const before = await revisionAtWork(sandbox);
  const refusals: readonly (readonly [readonly string[], string])[] = [
    [['finalize', 'sample', '--merge'], 'The phases of the run are not done.'],
    [['retry', 'sample/validate-design'], 'only a blocked task can be retried'],
    [['skip', 'sample/validate-design', '--reason', 'x'], 'is at work; pause the run first'],
    [['skip', 'sample/setup-worktree', '--reason', 'x'], 'cannot be skipped'],
    [['resume', 'sample'], 'The run is not paused.'],
    [['cleanup', 'sample', '--yes'], 'has not ended'],
  ];
  for (const [args, reason] of refusals) {
    const { code, stderr } = await sandbox.tina(...args);
    expect([args, code]).toEqual([args, 1]);
    expect(stderr).toContain(reason);
  }
  expect((await runOf(sandbox)).revision).toBe(before);
  expect((await played(sandbox, 0)).run.status).toBe('validating');
});
