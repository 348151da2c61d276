import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type AttemptView,
  type ErrorData,
  type EventView,
  type GateView,
  type ProcedureName,
  procedures,
  type RunView,
  type TaskDetailView,
} from '@tina/contract';
import {
  designOf,
  entry,
  hold,
  planOf,
  played,
  revisionAtWork,
  Sandbox,
  type SandboxOptions,
  scriptOf,
  start,
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
const FIRST = 'sample/phase-1-task-1';

/** A run of one phase. */
async function startWith(
  entries: readonly string[],
  options: SandboxOptions = {},
  ...flags: readonly string[]
): Promise<string> {
  sandbox = await Sandbox.create({ config: QUICK, ...options, script: scriptOf(...entries) });
  return (await start(sandbox, designOf('Only'), ...flags)).runId;
}

const view = (run = 'sample'): Promise<RunView> => sandbox.json('status', run);
const task = (name: string): Promise<TaskDetailView> => sandbox.json('task', name);
const events = (run = 'sample'): Promise<readonly EventView[]> => sandbox.jsonLines('events', run);
const exists = (path: string): Promise<boolean> =>
  sandbox.git('cat-file', '-e', `main:${path}`).then(
    () => true,
    () => false,
  );

async function firstAttempt(name: string): Promise<AttemptView> {
  const [first] = (await task(name)).allAttempts;
  if (!first) throw new Error(`task ${name} has no attempt`);
  return first;
}

async function untilGate(kind: GateView['kind']): Promise<GateView> {
  let gate: GateView | undefined;
  await until(`a gate of kind ${kind} is open`, async () => {
    gate = (await view()).gates.find((each) => each.kind === kind);
    return gate !== undefined;
  });
  return gate as GateView;
}

function promptOf(attempt: Pick<AttemptView, 'id'>): Promise<string> {
  return readFile(join(sandbox.home, 'state/attempts', attempt.id, 'prompt.md'), 'utf8');
}

describe('G27 pause', () => {
  test('lets what runs end and starts nothing; resume goes on where it stood', async () => {
    await startWith([
      ONE_AFTER_THE_OTHER,
      entry('role: implementer, task: 1', ...hold('one'), ...workOn('a.txt')),
      entry('role: implementer, task: 2', ...workOn('b.txt')),
    ]);
    await sandbox.reached('one');
    expect((await sandbox.tina('pause', 'sample')).stdout).toContain('agents at work finish their attempt');
    expect(await view()).toMatchObject({ status: 'paused', stopping: 1 });

    const again = await sandbox.tina('pause', 'sample');
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toContain('The run is paused already.');
    expect(again.stderr).toContain('next: tina resume ');

    await sandbox.release('one');
    await until('the attempt has ended', async () => (await view()).stopping === 0);
    expect((await firstAttempt(FIRST)).status).toBe('succeeded');
    const all = (await events()).map((event) => event.type);
    const since = all.slice(all.indexOf('run.paused'));
    expect(since).not.toContain('attempt.requested');
    expect(since).not.toContain('merge.requested');

    expect((await sandbox.tina('resume', 'sample')).code).toBe(0);
    expect(await sandbox.wait('sample')).toBe(0);
    expect((await sandbox.tina('resume', 'sample')).stderr).toContain('The run is complete.');
    expect((await task(FIRST)).allAttempts).toHaveLength(1);
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
    await until('the agent is stopped', async () => (await view()).stopping === 0);
    expect(await sandbox.processesWith('scripted-agent')).toEqual([]);
    expect(await sandbox.processesWith('launch.json')).toEqual([]);

    const stopped = await firstAttempt(FIRST);
    expect(stopped).toMatchObject({
      status: 'cancelled',
      settled: true,
      rescueRef: `refs/tina/attempts/${stopped.id}`,
    });
    expect(await sandbox.git('show', `${stopped.rescueRef}:a.txt`)).toBe('half of it');

    await sandbox.tina('resume', 'sample');
    expect(await sandbox.wait('sample')).toBe(0);
    const attempts = (await task(FIRST)).allAttempts;
    expect(attempts.map((attempt) => attempt.status)).toEqual(['cancelled', 'succeeded']);
    const told = await promptOf(attempts[1] as AttemptView);
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
    expect((await sandbox.tina('retry', FIRST)).stdout).toContain('Trying sample/phase-1-task-1 again');
    expect(await sandbox.wait('sample')).toBe(0);
    expect((await task(FIRST)).allAttempts.map((attempt) => attempt.status)).toEqual([
      'failed',
      'failed',
      'failed',
      'succeeded',
    ]);
    const late = await sandbox.tina('retry', FIRST);
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
      (await view()).tasks.filter((each) => each.kind === 'phase-task').map((each) => each.status);
    expect(await states()).toEqual(['blocked', 'pending', 'completed']);

    expect((await sandbox.tina('skip', FIRST)).code).toBe(2);
    expect((await sandbox.tina('skip', FIRST, '--reason', 'done by hand')).code).toBe(0);
    expect(await sandbox.wait('sample')).toBe(0);
    expect(await states()).toEqual(['skipped', 'completed', 'completed']);
    const skipped = (await events()).find((event) => event.type === 'task.skipped');
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
    const { tasks } = await view();
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
  const stopped = await firstAttempt('sample/phase-1-task-2');
  expect(await sandbox.git('show', `${stopped.rescueRef}:2.txt`)).toBe('kept');
  expect(await view()).toMatchObject({
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
  const planners = (await task('sample/plan-phase-1')).allAttempts;
  expect(planners).toHaveLength(2);
  expect(await promptOf(planners[1] as AttemptView)).toContain('One task is enough.');
  await sandbox.tina('approve', second.id, '--comment', 'good');

  const review = await untilGate('review');
  await sandbox.tina('reject', review.id, '--comment', 'The file says nothing of use.');
  const planOfGaps = await untilGate('plan');
  const [gapPlanner] = (await task('sample/plan-phase-1.5')).allAttempts;
  expect(await promptOf(gapPlanner as AttemptView)).toContain('The file says nothing of use.');
  await sandbox.tina('approve', planOfGaps.id);
  await sandbox.tina('approve', (await untilGate('review')).id);
  expect(await sandbox.wait('sample')).toBe(0);

  expect((await task(FIRST)).allAttempts.map((attempt) => attempt.role)).toEqual([
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
    return view();
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
    expect((await view()).ending).toMatchObject({
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
    await toTheGate({ without: ['gh'] });
    const { ending } = await finalize('--pr');
    expect(ending).toMatchObject({ kind: 'pull-request', url: null });
    const { stdout } = await sandbox.tina('status', 'sample');
    expect(stdout).toContain('git remote add origin <url>');
    expect(stdout).toContain('git push origin tina/sample');
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

describe('the same design', () => {
  const held = [ONE_TASK, entry('role: implementer', ...hold('work'), ...workOn('a.txt'))];

  test('G03 started twice at once is one run', async () => {
    sandbox = await Sandbox.create({ script: scriptOf(...held), config: QUICK });
    const path = await sandbox.write('docs/sample-design.md', designOf('Only'));
    const both = await Promise.all([1, 2].map(() => sandbox.tina('orchestrate', path, '--detach', '--json')));
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const answers = both.map(
      ({ stdout }) => (JSON.parse(stdout) as { started: { runId: string; outcome: string } }).started,
    );
    expect(answers.map(({ outcome }) => outcome).toSorted()).toEqual(['found', 'started']);
    expect(new Set(answers.map(({ runId }) => runId)).size).toBe(1);
    expect(await sandbox.json('runs')).toHaveLength(1);
  });

  test('asked for again is followed, resumed when it was paused, and says when the file has changed', async () => {
    const runId = await startWith(held);
    await sandbox.reached('work');
    const path = 'docs/sample-design.md';
    const again = sandbox.follow('orchestrate', path, '--policy', 'strict');
    await again.says(`Run ${runId} is under way already; this follows it.`);

    await sandbox.tina('pause', 'sample');
    await sandbox.write(path, designOf('Only', 'Another'));
    const resumed = await sandbox.tina('orchestrate', path, '--detach');
    expect(resumed.stdout).toContain(`Run ${runId} was paused and goes on.`);
    expect(resumed.stderr).toContain('has changed since; the run follows the design as it was');

    const taken = await sandbox.tina('orchestrate', path, '--new', '--detach');
    expect(taken.code).toBe(1);
    expect(taken.stderr).toContain(`Run ${runId} has the branch tina/sample already.`);
    const other = await sandbox.tina('orchestrate', path, '--new', '--feature', 'other', '--detach');
    expect(other.code).toBe(0);
    expect((await view('other')).phases).toHaveLength(2);

    await sandbox.release('work');
    const followed = await again.ended;
    expect(followed.code).toBe(0);
    expect(followed.stdout).toContain('sample is merged into main');
    expect(followed.stderr).toContain('Without effect, because the design has a run');
    expect((await view(runId)).phases).toHaveLength(1);
  });
});

test('G04 a feature that two runs have is an error that lists their ids', async () => {
  const script = scriptOf(entry('role: validator', ...hold('design')));
  sandbox = await Sandbox.create({ script });
  const other = await sandbox.beside('other', { script });
  const { runId: here } = await start(sandbox, designOf('Only'));
  const { runId: there } = await start(other, designOf('Only'));
  const { code, stderr } = await sandbox.tina('status', 'sample');
  expect(code).toBe(1);
  expect(stderr).toContain('2 runs have the feature sample: name one by its id.');
  for (const id of [here, there]) expect(stderr).toContain(id);
  expect(await sandbox.json('status')).toMatchObject({ id: here });
  expect(await other.json('status')).toMatchObject({ id: there, repository: other.repository });
  expect((await sandbox.tina('cancel', 'sample')).code).toBe(1);
  expect((await view(here)).status).toBe('validating');
});

test('wait ends with 0 complete, 1 blocked or cancelled, 2 after its time, 3 when there is no such run', async () => {
  await startWith([
    ONE_TASK,
    entry('role: implementer, attempt: 1', ...hold('work'), 'authentication'),
    entry('role: implementer', ...workOn('a.txt')),
  ]);
  await sandbox.reached('work');
  const late = await sandbox.tina('wait', 'sample', '--timeout', '100ms');
  expect(late.code).toBe(2);
  expect(late.stderr).toContain('It goes on.');
  const nobody = await sandbox.tina('wait', 'nobody');
  expect(nobody.code).toBe(3);
  expect(nobody.stderr).toContain('There is no run nobody.');
  await sandbox.release('work');
  expect((await sandbox.tina('wait', 'sample')).code).toBe(1);
  await sandbox.tina('retry', FIRST);
  expect((await sandbox.tina('wait', 'sample', '--timeout', '60s')).code).toBe(0);
});

test('Ctrl-C ends the following, not the run, and says how to come back', async () => {
  sandbox = await Sandbox.create({
    script: scriptOf(ONE_TASK, entry('role: implementer', ...hold('work'), ...workOn('a.txt'))),
  });
  const path = await sandbox.write('docs/sample-design.md', designOf('Only'));
  const following = sandbox.follow('orchestrate', path, '--finalize', 'merge');
  await sandbox.reached('work');
  following.interrupt();
  const { code, stdout } = await following.ended;
  expect(code).toBe(130);
  const { id } = await view();
  expect(stdout).toContain(`The run goes on. Come back with:  tina watch ${id}`);
  const watching = sandbox.follow('watch');
  await sandbox.release('work');
  const watched = await watching.ended;
  expect(watched.code).toBe(0);
  expect(watched.stdout).toContain('sample is merged into main');
});

test('G24 events that are read in pieces are exactly those that are read in one go', async () => {
  const runId = await startWith([
    ONE_AFTER_THE_OTHER,
    entry('role: implementer, task: 1', ...hold('one'), ...workOn('a.txt')),
    entry('role: implementer, task: 2', ...workOn('b.txt')),
  ]);
  const whole = sandbox.follow('events', runId, '--follow', '--json');
  const piece = sandbox.follow('events', runId, '--follow', '--json');
  await sandbox.reached('one');
  await until('some are read', () => piece.jsonLines().length > 20);
  piece.interrupt();
  expect((await piece.ended).code).toBe(130);
  const before = piece.jsonLines<EventView>();
  await sandbox.release('one');
  const after = String(before.at(-1)?.number);
  const rest = sandbox.follow('events', runId, '--follow', '--after', after, '--json');
  expect(await sandbox.wait(runId)).toBe(0);
  await until(
    'the last event is written',
    async () => (await events(runId)).at(-1)?.type === 'slots.removed',
  );

  const all = await events(runId);
  await until('both have read all', () =>
    [whole.jsonLines().length, before.length + rest.jsonLines().length].every(
      (count) => count === all.length,
    ),
  );
  for (const following of [whole, rest]) following.interrupt();
  await Promise.all([whole.ended, rest.ended]);
  expect(whole.jsonLines()).toEqual(all);
  expect([...before, ...rest.jsonLines()]).toEqual(all);
  expect(await sandbox.jsonLines('events', runId, '--after', after)).toEqual(all.slice(before.length));
  expect(all.map((event) => event.number)).toEqual(all.map((_, index) => index + 1));
});

describe('every reading command', () => {
  /** The same value, read by the contract's schema: nothing is missing, nothing is beside it. */
  const fits = (name: ProcedureName, value: unknown): void =>
    expect(procedures[name].output.parse(value)).toEqual(value);

  test('prints with --json what the contract says', async () => {
    const runId = await startWith([
      entry('role: planner', planOf('{ title: one, files: [1.txt], review: spec }')),
      entry(
        'role: spec-reviewer, attempt: 1',
        'report: { kind: review, verdict: gaps, findings: [it is too short] }',
      ),
      entry('role: implementer', 'write: { path: 1.txt, append: "more\\n" }', 'commit: Add more'),
    ]);
    const following = await sandbox.follow('watch', '--json').ended;
    expect(following.code).toBe(0);
    const lines = following.stdout.trim().split('\n');
    const last = JSON.parse(lines.pop() ?? '') as { run: unknown };
    fits('run.get', last.run);
    for (const line of lines) fits('event.watch', (JSON.parse(line) as { event: unknown }).event);

    const { id } = await firstAttempt(FIRST);
    fits('run.list', await sandbox.json('runs'));
    fits('run.get', await sandbox.json('status'));
    fits('run.get', await sandbox.json('wait', runId));
    fits('task.list', await sandbox.json('tasks', runId));
    fits('task.get', await sandbox.json('task', FIRST));
    fits('event.list', await events());
    fits('run.verify', await sandbox.json('verify', '--all'));
    fits('run.cleanup', await sandbox.json('cleanup', '--dry-run'));
    const { output, ...attempt } = await sandbox.json<{ output: string }>('logs', id);
    fits('attempt.get', attempt);
    expect(output).toContain('implementer');
    const { running, ...daemon } = await sandbox.json<{ running: boolean }>('daemon', 'status');
    expect(running).toBe(true);
    fits('daemon.status', daemon);
  });

  test('prints an error with --json as one line with its code, place and what to type', async () => {
    sandbox = await Sandbox.create();
    for (const args of [
      ['status'],
      ['task', 'nothing'],
      ['logs', 'nothing'],
      ['wait', 'nobody'],
      ['nonsense'],
    ]) {
      const { stdout, stderr } = await sandbox.tina(...args, '--json');
      expect(stdout).toBe('');
      const { error } = JSON.parse(stderr) as { error: ErrorData };
      expect(error).toMatchObject({
        code: expect.stringMatching(/^[a-z_]+$/),
        message: expect.stringMatching(/./),
        next: expect.arrayContaining([expect.stringContaining('tina ')]),
      });
      expect(error.place?.file ?? null).toBe(args[0] === 'status' ? sandbox.repository : null);
    }
  });

  test('starts no work beyond the daemon, and `daemon status` not even that', async () => {
    sandbox = await Sandbox.create();
    expect(await sandbox.tina('daemon', 'status')).toMatchObject({ code: 1 });
    expect(existsSync(sandbox.home)).toBe(false);
    expect((await sandbox.tina('runs')).code).toBe(0);
    expect(await sandbox.processes()).toHaveLength(1);
  });
});

test('an attempt can be looked into while it works, and its log ends with it', async ({ skip }) => {
  skip(!existsSync('/usr/bin/script') || !existsSync('/usr/bin/tmux'), 'needs script and tmux');
  await startWith([
    ONE_TASK,
    entry('role: implementer', 'say: I am at work', ...hold('work'), ...workOn('a.txt')),
  ]);
  await sandbox.reached('work');
  const { id, session } = await firstAttempt(FIRST);
  const logs = sandbox.follow('logs', id, '--follow');
  await logs.says('I am at work');
  expect((await sandbox.tina('logs', id)).stdout).toContain('I am at work');

  const { attachCommand } = await sandbox.json<{ attachCommand: readonly string[] }>('logs', id);
  expect(attachCommand).toContain('attach-session');
  const attached = sandbox.begin('script', ['-qefc', `tina attach ${id}`, '/dev/null'], {
    env: { TERM: 'xterm' },
  });
  await attached.says('I am at work');
  const server = ['-S', join(sandbox.home, 'state/tmux.sock')];
  expect((await sandbox.run('tmux', [...server, 'detach-client', '-s', String(session)])).code).toBe(0);
  expect((await attached.ended).code).toBe(0);

  await sandbox.release('work');
  expect(await logs.ended).toMatchObject({ code: 0, stderr: '' });
  expect(await sandbox.wait('sample')).toBe(0);
  const late = await sandbox.tina('attach', id);
  expect(late.code).toBe(1);
  expect(late.stderr).toContain(`next: tina logs ${id}`);
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
  expect((await view()).revision).toBe(before);
  expect((await played(sandbox, 0)).run.status).toBe('validating');
});
