import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TinaError } from '@tina/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestCli, type TestCli } from '../testing/test-cli.test-support.ts';
import { ago, makeGate, makeRun, makeSummary } from '../testing/views.test-support.ts';

let cli: TestCli;

beforeEach(() => {
  process.env['TZ'] = 'UTC';
  cli = createTestCli();
});

afterEach(() => cli.dispose());

describe('tina runs', () => {
  it('lists runs with their ids, features and statuses', async () => {
    const list = [
      makeSummary(),
      makeSummary({ id: 'r2', feature: 'x\u001B[2Jy', status: 'complete', endedAt: ago(5) }),
    ];
    const daemon = await cli.serve({
      'run.list': () => list,
      'gate.list': () => [],
      'question.list': () => [],
    });
    const { code, stdout } = await cli.run(['runs', '--active']);
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "RUN  FEATURE      STATUS     STARTED           TOOK   PROJECT
      r1   rate-limits  executing  2026-11-20 11:57  2m05s  /srv/app
      r2   xy           complete   2026-11-20 11:57  2m00s  /srv/app
      "
    `);
    expect(daemon.inputOf('run.list')).toEqual({ active: true });
  });

  it('marks runs that wait for a person, and fits a narrow terminal', async () => {
    await cli.serve({
      'run.list': () => [makeSummary({ status: 'finalizing' }), makeSummary({ id: 'r2' })],
      'gate.list': () => [makeGate({ kind: 'finalize' })],
      'question.list': () => [],
    });
    const { stdout } = await cli.run(['runs'], { columns: 50, env: { NO_COLOR: '1' } });
    expect(stdout).toMatchInlineSnapshot(`
      "RUN  FEATURE      STATUS
          STARTED  TOOK  PROJECT
      r1   rate-limits  finalizing  waits for you
          2026-11-20 11:57  2m05s  /srv/app
      r2   rate-limits  executing
          2026-11-20 11:57  2m05s  /srv/app
      "
    `);
  });

  it('prints the views of the contract as JSON', async () => {
    await cli.serve({ 'run.list': () => [makeSummary()] });
    const { stdout } = await cli.run(['runs', '--json']);
    expect(stdout.trimEnd()).not.toContain('\n');
    expect(JSON.parse(stdout)).toEqual([makeSummary()]);
  });

  it('says how to start one when there is none', async () => {
    await cli.serve({ 'run.list': () => [] });
    expect((await cli.run(['runs'])).stdout).toContain('There are no runs yet. Start one:  tina orchestrate');
    expect((await cli.run(['runs', '--active'])).stdout).toContain('No run is active.');
  });
});

describe('tina status', () => {
  it('shows the tree, and the view as JSON', async () => {
    const daemon = await cli.serve({ 'run.get': () => makeRun() });
    const { code, stdout } = await cli.run(['status', 'rate-limits']);
    expect(code).toBe(0);
    expect(stdout).toContain('rate-limits  executing  2m05s\nr1 · tina/rate-limits from main');
    expect(daemon.inputOf('run.get')).toEqual({ run: 'rate-limits' });
    expect(JSON.parse((await cli.run(['status', 'r1', '--json'])).stdout)).toEqual(makeRun());
  });

  it('fits the terminal', async () => {
    await cli.serve({
      'run.get': () => makeRun({ feature: 'a-rather-long-name-of-a-feature-that-does-not-fit' }),
    });
    const { stdout } = await cli.run(['status', 'r1'], { columns: 40, env: { NO_COLOR: '1', LANG: 'C' } });
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(40);
    expect(stdout).toContain('..');
  });

  it('asks again when the daemon dies before it answers', async () => {
    let asked = 0;
    await cli.serve({
      'run.get': (_input, { socket }) => {
        if (++asked > 1) return makeRun();
        socket.destroy();
        return undefined;
      },
    });
    expect((await cli.run(['status', 'r1'])).code).toBe(0);
    expect(asked).toBe(2);
  });

  it('gives up when it dies again and again', async () => {
    await cli.serve({ 'run.get': (_input, { socket }) => void socket.destroy() });
    const { code, stderr } = await cli.run(['status', 'r1']);
    expect(code).toBe(1);
    expect(stderr).toContain('The connection to the daemon was lost.');
  });
});

describe('a run that is left out', () => {
  let project: string;

  beforeEach(() => {
    project = join(realpathSync(cli.root), 'project');
    mkdirSync(join(project, '.git'), { recursive: true });
    mkdirSync(join(project, 'src'));
  });

  /** Which run `status` is about, standing in `cwd`. */
  async function chosen(active: object[], all: object[] = active, cwd = join(project, 'src')) {
    const daemon = await cli.serve({
      'run.list': ({ active: only }: { active?: boolean }) => (only ? active : all),
      'run.get': () => makeRun(),
    });
    const outcome = await cli.run(['status', '--json'], { cwd });
    const input = daemon.calls.find((call) => call.name === 'run.get')?.input;
    await daemon.close();
    return { run: input?.['run'], stderr: outcome.stderr };
  }

  it("is the project's only active run", async () => {
    const runs = [
      makeSummary({ id: 'r3' }),
      makeSummary({ id: 'r2', repository: project }),
      makeSummary({ id: 'r1' }),
    ];
    expect((await chosen(runs)).run).toBe('r2');
  });

  it('G04 is asked for when several are active in the project, with their ids', async () => {
    const here = ['r2', 'r1'].map((id) => makeSummary({ id, repository: project }));
    const { run, stderr } = await chosen([makeSummary({ id: 'r3' }), ...here]);
    expect(run).toBeUndefined();
    const { error } = JSON.parse(stderr) as { error: { message: string; next: string[] } };
    expect(error).toMatchObject({
      code: 'ambiguous_run',
      message: '2 runs are active in this project: name one by its id.',
      details: [expect.stringMatching(/^r2 /), expect.stringMatching(/^r1 /)],
      next: ['tina status r2', 'tina status r1'],
    });
  });

  it('is the only active run, elsewhere', async () => {
    expect((await chosen([makeSummary({ id: 'r3' })])).run).toBe('r3');
    expect((await chosen([makeSummary({ id: 'r3' })], [], cli.root)).run).toBe('r3');
  });

  it("is the project's newest run when none is active", async () => {
    const ended = [
      makeSummary({ id: 'r3' }),
      makeSummary({ id: 'r2', repository: project, endedAt: ago(1) }),
    ];
    expect((await chosen([], ended)).run).toBe('r2');
  });

  it('G04 is asked for when several could be meant, with their ids', async () => {
    const { run, stderr } = await chosen([makeSummary({ id: 'r3' }), makeSummary({ id: 'r4' })]);
    expect(run).toBeUndefined();
    const { error } = JSON.parse(stderr) as { error: { code: string; details: string[]; next: string[] } };
    expect(error.code).toBe('ambiguous_run');
    expect(error.details.map((line) => line.slice(0, 2))).toEqual(['r3', 'r4']);
    expect(error.next).toEqual(['tina status r3', 'tina status r4']);
  });

  it('cannot be found where there is none', async () => {
    expect((await chosen([])).stderr).toContain('This project has no run');
    expect((await chosen([], [], cli.root)).stderr).toContain('No run is active.');
  });

  it('is found from a linked worktree', async () => {
    const linked = join(cli.root, 'linked');
    mkdirSync(linked);
    writeFileSync(join(linked, '.git'), `gitdir: ${join(project, '.git', 'worktrees', 'linked')}\n`);
    const runs = [makeSummary({ id: 'r3' }), makeSummary({ id: 'r2', repository: project })];
    expect((await chosen(runs, runs, linked)).run).toBe('r2');
  });

  it('is found in a submodule by its own folder', async () => {
    const inner = join(project, 'inner');
    mkdirSync(inner);
    writeFileSync(join(inner, '.git'), 'gitdir: ../.git/modules/inner\n');
    const runs = [
      makeSummary({ id: 'r3', repository: project }),
      makeSummary({ id: 'r2', repository: inner }),
    ];
    expect((await chosen(runs, runs, inner)).run).toBe('r2');
  });
});

describe('control actions', () => {
  const accepted = { runId: 'r1', status: 'paused' };

  it.each([
    [['pause', 'x'], 'run.pause', { run: 'x', now: false }, 'Paused; agents at work finish their attempt.'],
    [['pause', 'x', '--now'], 'run.pause', { run: 'x', now: true }, 'Paused; agents at work are stopped.'],
    [['resume', 'x'], 'run.resume', { run: 'x' }, 'Resumed.'],
    [['cancel', 'x'], 'run.cancel', { run: 'x' }, 'Cancelled; its branches are kept.'],
    [['cancel', 'x', '--reason', 'no'], 'run.cancel', { run: 'x', reason: 'no' }, 'Cancelled'],
    [['retry', 't1'], 'task.retry', { task: 't1' }, 'Trying t1 again.'],
    [['skip', 't1', '--reason', 'done'], 'task.skip', { task: 't1', reason: 'done' }, 'Skipped t1.'],
    [['edit', 't1', '--title', 'x'], 'task.edit', { task: 't1', edit: { title: 'x' } }, 'Edited t1.'],
    [['approve', 'g1'], 'gate.approve', { gate: 'g1' }, 'Approved g1.'],
    [['approve', 'g1', '--comment', 'ok'], 'gate.approve', { gate: 'g1', comment: 'ok' }, 'Approved g1.'],
    [['approve', 'g1', '--add', '2.50'], 'gate.approve', { gate: 'g1', add: '2.50' }, 'Approved g1.'],
    [['reject', 'g1', '--comment', 'no'], 'gate.reject', { gate: 'g1', comment: 'no' }, 'Sent back g1.'],
    [['finalize', 'x', '--pr'], 'run.finalize', { run: 'x', choice: 'pr' }, 'Finalize with pr.'],
  ] as const)('%j asks for it with a key, and says where the run stands', async (args, name, input, said) => {
    const daemon = await cli.serve({ [name]: () => accepted });
    const { code, stdout } = await cli.run(args);
    expect(code).toBe(0);
    expect(stdout).toContain(said);
    expect(stdout).toContain('Run r1 is paused.\nnext: tina watch r1\n');
    expect(daemon.inputOf(name)).toEqual({
      ...input,
      idempotencyKey: expect.stringMatching(/^.{8,}$/) as string,
    });
    const json = await cli.run([...args, '--json']);
    expect(JSON.parse(json.stdout)).toEqual(accepted);
  });

  it('G03 are sent again with the same key when the connection is lost', async () => {
    const daemon = await cli.serve({
      'run.pause': (_input, { socket }) => {
        if (daemon.calls.length > 1) return accepted;
        socket.destroy();
        return undefined;
      },
    });
    expect((await cli.run(['pause', 'x'])).code).toBe(0);
    expect(daemon.calls).toHaveLength(2);
    expect(daemon.calls[0]?.input).toEqual(daemon.calls[1]?.input);
  });

  it.each([[[]], [['--merge', '--keep']]])('finalize refuses %j', async (flags) => {
    const { code, stderr } = await cli.run(['finalize', 'x', ...flags]);
    expect(code).toBe(2);
    expect(stderr).toContain('Say exactly one of --merge, --pr, --keep, --discard.');
  });
});

describe('tina verify', () => {
  const clean = { runId: 'r1', events: 42, clean: true, problems: [], findings: [] };
  const finding = (mend: 'safe' | 'ask' | 'by-hand') => ({
    kind: 'rows',
    name: `${mend}-1`,
    message: `its rows: ${mend} differs`,
    mend,
    next: [`mend ${mend}`],
  });
  const broken = {
    runId: 'r2',
    events: 1,
    clean: false,
    problems: ['its rows: safe differs', 'its rows: ask differs'],
    findings: [finding('safe'), finding('ask')],
  };
  const mended = broken.findings.map((each) => ({
    ...each,
    runId: 'r2',
    outcome: 'mended',
    why: 'made anew',
  }));

  it('is exit code 1 when something differs', async () => {
    const daemon = await cli.serve({ 'run.verify': () => [clean, broken] });
    const { code, stdout } = await cli.run(['verify', '--all']);
    expect(code).toBe(1);
    expect(stdout).toMatchInlineSnapshot(`
      "r1  clean  42 events
      r2  2 problems  1 event
        its rows: safe differs
          next: mend safe
        its rows: ask differs
          next: mend ask
      "
    `);
    expect(daemon.inputOf('run.verify')).toEqual({});
  });

  it('is exit code 0 when all is well', async () => {
    const daemon = await cli.serve({ 'run.verify': () => [clean] });
    const { code, stdout } = await cli.run(['verify', 'r1', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual([clean]);
    expect(daemon.inputOf('run.verify')).toEqual({ run: 'r1' });
  });

  it('mends what is safe, and asks before the rest', async () => {
    let isMended = false;
    const daemon = await cli.serve({
      'run.verify': () => (isMended ? [clean] : [broken]),
      'run.repair': () => {
        isMended = true;
        return mended;
      },
    });
    const { code, stdout } = await cli.run(['verify', 'r2', '--repair'], { answers: ['y'] });
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "r2  2 problems  1 event
        its rows: safe differs
          next: mend safe
        its rows: ask differs
          next: mend ask

        its rows: ask differs

      mended  rows  safe-1  made anew
      mended  rows  ask-1  made anew
      Mended 2 problems.
      "
    `);
    expect(daemon.inputOf('run.repair')).toMatchObject({ run: 'r2', all: true });
  });

  it('mends no more than is safe where nobody can be asked, and needs no question with --yes', async () => {
    const left = mended.map((each) => ({ ...each, outcome: 'left' }));
    const daemon = await cli.serve({ 'run.verify': () => [broken], 'run.repair': () => left });
    const silent = await cli.run(['verify', '--all', '--repair']);
    expect([silent.code, daemon.inputOf('run.repair')]).toMatchObject([1, { all: false }]);
    expect(silent.stdout).toContain('Mended 0 problems, left 2.');
    const told = await cli.run(['verify', '--all', '--repair', '--yes', '--json']);
    expect([told.code, JSON.parse(told.stdout)]).toEqual([1, left]);
  });

  it('asks nothing where all is safe', async () => {
    const onlySafe = { ...broken, findings: [finding('safe')] };
    const daemon = await cli.serve({ 'run.verify': () => [onlySafe], 'run.repair': () => [] });
    await cli.run(['verify', 'r2', '--repair'], { answers: ['y'] });
    expect(daemon.inputOf('run.repair')).toMatchObject({ all: false });
  });

  it('mends nothing where nothing is wrong', async () => {
    await cli.serve({ 'run.verify': () => [clean] });
    expect((await cli.run(['verify', 'r1', '--repair'])).stdout).toBe('r1  clean  42 events\n');
    expect((await cli.run(['verify', 'r1', '--repair', '--json'])).stdout).toBe('[]\n');
  });

  it('shows what belongs to no run', async () => {
    await cli.serve({ 'run.verify': () => [{ ...broken, runId: null, events: 0 }] });
    expect((await cli.run(['verify', '--all'])).stdout).toMatch(/^of no run {2}2 problems\n/);
  });

  it('says that there is nothing', async () => {
    await cli.serve({ 'run.verify': () => [] });
    expect((await cli.run(['verify', '--all'])).stdout).toBe('There are no runs to verify.\n');
  });
});

describe('tina cleanup', () => {
  const items = [
    {
      runId: 'r1',
      kind: 'worktree',
      name: '/s/worktrees/r1/slot-1',
      bytes: 1_500_000,
      action: 'remove',
      why: 'r1 is complete',
    },
    { runId: 'r1', kind: 'branch', name: 'tina/x', bytes: null, action: 'keep', why: 'not merged' },
  ];
  const dryRuns = (daemon: { calls: readonly { input: Readonly<Record<string, unknown>> }[] }): unknown[] =>
    daemon.calls.map((call) => call.input['dryRun']);

  it('only says what would go with --dry-run', async () => {
    const daemon = await cli.serve({ 'run.cleanup': () => items });
    const { code, stdout } = await cli.run(['cleanup', 'r1', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "        WHAT      SIZE    NAME                    WHY
      remove  worktree  1.5 MB  /s/worktrees/r1/slot-1  r1 is complete
      keep    branch            tina/x                  not merged
      1 thing to remove, 1.5 MB.
      "
    `);
    expect(dryRuns(daemon)).toEqual([true]);
    expect(daemon.calls[0]?.input['run']).toBe('r1');
  });

  it('keeps why readable in 80 columns', async () => {
    const name = '/srv/somebody/.tina/state/worktrees/rate-limits-abcdef/slot-1';
    const why = 'the worktree has changes that are not committed: src/limit.ts';
    await cli.serve({ 'run.cleanup': () => [{ ...items[0], action: 'keep', name, why }] });
    const { stdout } = await cli.run(['cleanup', '--dry-run'], { columns: 80, env: { NO_COLOR: '1' } });
    expect(stdout).toMatchInlineSnapshot(`
      "      WHAT      SIZE
          NAME  WHY
      keep  worktree  1.5 MB
          /srv/somebody/.tina/state/worktrees/rate-limits-abcdef/slot-1
          the worktree has changes that are not committed: src/limit.ts
      Nothing to remove.
      "
    `);
  });

  it('asks on a terminal, and removes nothing without a yes', async () => {
    const daemon = await cli.serve({ 'run.cleanup': () => items });
    const { stdout, questions } = await cli.run(['cleanup'], { answers: [''] });
    expect(questions).toEqual(['Remove 1 thing, 1.5 MB? [y/N] ']);
    expect(stdout).toContain('Nothing was removed.');
    expect(dryRuns(daemon)).toEqual([true]);
  });

  it.each([
    ['after a yes', ['cleanup'], { answers: ['y'] }],
    ['with --yes', ['cleanup', '--yes'], { answers: [] }],
    ['where nobody can be asked', ['cleanup'], {}],
  ])('removes %s', async (_when, args, options) => {
    const daemon = await cli.serve({ 'run.cleanup': () => items });
    const { stdout } = await cli.run(args, options);
    expect(stdout).toContain('Removed 1 thing, 1.5 MB.');
    expect(dryRuns(daemon)).toEqual([true, false]);
  });

  it('counts what has no size as nothing, and prints nothing about nothing', async () => {
    const daemon = await cli.serve({
      'run.cleanup': () => items.map((item) => ({ ...item, bytes: null, action: 'remove' })),
    });
    const { stdout, questions } = await cli.run(['cleanup'], { answers: [null], columns: 200 });
    expect(questions).toEqual(['Remove 2 things, 0 B? [y/N] ']);
    expect(stdout).toContain('Nothing was removed.');
    expect((await cli.run(['cleanup', '-y'])).stdout).toContain('Removed 2 things, 0 B.');
    await daemon.close();
    await cli.serve({ 'run.cleanup': () => [] });
    expect((await cli.run(['cleanup'])).stdout).toBe('Nothing to remove.\n');
  });

  it('removes nothing when there is nothing', async () => {
    const daemon = await cli.serve({ 'run.cleanup': () => [items[1]] });
    expect((await cli.run(['cleanup'])).stdout).toContain('Nothing to remove.');
    expect(dryRuns(daemon)).toEqual([true]);
  });

  it('says what had to stay', async () => {
    const kept = { ...items[0], action: 'keep', why: 'it could not be removed: no space' };
    await cli.serve({ 'run.cleanup': ({ dryRun }) => (dryRun === true ? items : [kept, items[1]]) });
    const { stdout } = await cli.run(['cleanup', '--yes']);
    const [, after = ''] = stdout.split('not merged\n');
    expect(after).toContain('it could not be removed: no space');
    expect(after).toContain('Removed 0 things, 0 B.');
  });

  it('prints what was done as JSON', async () => {
    const daemon = await cli.serve({ 'run.cleanup': () => items });
    expect(JSON.parse((await cli.run(['cleanup', '--json'])).stdout)).toEqual(items);
    expect(dryRuns(daemon)).toEqual([false]);
  });
});

describe('tina wait', () => {
  const watch = (...views: object[]) => ({
    'run.watch': async function* () {
      yield* views;
    },
  });
  const ended = { status: 'complete', endedAt: ago(0) } as const;

  it('is 0 when the run is complete', async () => {
    await cli.serve(watch(makeRun(), makeRun(ended)));
    expect(await cli.run(['wait', 'r1'])).toMatchObject({ code: 0, stdout: 'run r1 is complete\n' });
    expect(JSON.parse((await cli.run(['wait', 'r1', '--json'])).stdout)).toEqual(makeRun(ended));
  });

  it('says once on stderr that the run waits for a person', async () => {
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const one = makeGate();
    const two = makeGate({ id: 'r1-g2', question: 'And this?', next: [] });
    await cli.serve({
      'run.watch': async function* () {
        yield makeRun({ gates: [one] });
        await first.promise;
        yield makeRun({ gates: [one, two] });
        await second.promise;
        yield makeRun(ended);
      },
    });
    const onError = (text: string): void => {
      first.resolve();
      if (text.includes('And this?')) second.resolve();
    };
    expect(await cli.run(['wait', 'r1'], { onError })).toMatchObject({
      code: 0,
      stdout: 'run r1 is complete\n',
      stderr: [
        'waits for you: Is the plan of phase 1 what you want?',
        '  next: tina approve r1-g1 / tina reject r1-g1 --comment "..."\n',
        'waits for you: And this?\n',
      ].join(''),
    });
  });

  it.each(['blocked', 'cancelled'] as const)('is 1 when it is %s', async (status) => {
    await cli.serve(watch(makeRun({ status, endedAt: status === 'blocked' ? null : ago(0) })));
    const { code, stdout } = await cli.run(['wait', 'r1']);
    expect(code).toBe(1);
    expect(stdout).toBe(`run r1 is ${status}\nnext: tina status r1\n`);
  });

  it('is 2 when the time is over', async () => {
    await cli.serve({
      'run.watch': async function* (_input, { signal }) {
        yield makeRun();
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        });
      },
    });
    const { code, stderr } = await cli.run(['wait', 'r1', '--timeout', '30ms']);
    expect(code).toBe(2);
    expect(stderr).toContain('The run is not over after 30ms. It goes on.');
  });

  it('is 130 on Ctrl-C, and says how to come back', async () => {
    let press = (): void => {};
    await cli.serve({
      'run.watch': async function* (_input, { signal }) {
        yield makeRun();
        press();
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        });
      },
    });
    const { code, stdout } = await cli.run(['wait', 'r1'], {
      onStart: ({ ctrlC }) => {
        press = ctrlC;
      },
    });
    expect(code).toBe(130);
    expect(stdout).toBe('\nThe run goes on. Come back with:  tina wait r1\n');
  });

  it('is 3 when there is no such run', async () => {
    await cli.serve({
      'run.watch': () => {
        throw new TinaError({ code: 'no_such_run', message: 'There is no run x.' });
      },
    });
    expect((await cli.run(['wait', 'x'])).code).toBe(3);
  });

  it('is 3 when the daemon was stopped, or dies again and again', async () => {
    const daemon = await cli.serve(watch(makeRun()));
    const stopped = await cli.run(['wait', 'r1']);
    expect(stopped.code).toBe(3);
    expect(stopped.stderr).toContain('The daemon was stopped');
    await daemon.close();
    await cli.serve({ 'run.watch': (_input, { socket }) => void socket.destroy() });
    const lost = await cli.run(['wait', 'r1', '--json']);
    expect(lost.code).toBe(3);
    expect(JSON.parse(lost.stderr)).toMatchObject({ error: { code: 'connection_lost' } });
  });
});
