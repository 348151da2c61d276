import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attemptBranch, type CheckDefinition } from '@tina/domain';
import { describe, expect, it } from 'vitest';
import { common, RUN, testHome, type TestHome } from '../testing/test-node.ts';

const WORK = `
  - do:
      - write: { path: src/a.txt, content: "hello" }
      - commit: "Add a"
      - report: { kind: work, summary: done }
`;

function check(name: string, command: string): CheckDefinition {
  return { name, command, at: ['task'], timeoutMs: 8_000, failures: null };
}

/** The run's branch, with the work of one attempt beside it. */
async function withWork(home: TestHome): Promise<string> {
  const branch = { kind: 'create-branch', branch: 'tina/sample', commit: home.base, slot: 1 } as const;
  expect(await home.done({ ...branch, ...common('branch') })).toEqual({ kind: 'create-branch' });
  await home.started('r1-a1');
  await home.api.turn('r1-a1', 1);
  return home.repository.git('rev-parse', attemptBranch('r1-a1'));
}

describe('checks', () => {
  it('run on the commit alone, in a slot that is set up, with their output kept', async () => {
    const home = await testHome(WORK, { setup: { command: 'echo ready > setup.log', timeoutMs: 8_000 } });
    await home.daemon();
    const checks = [check('test', 'cat setup.log; ls; env'), check('lint', 'exit 4')];
    const job = { kind: 'run-checks', slot: 1, commit: home.base, checks } as const;
    mkdirSync(home.worktree(1).replace('slot-1', ''), { recursive: true });
    const outcome = await home.done({ ...job, ...common('j1') });
    expect(outcome).toMatchObject({
      checks: [
        { name: 'test', outcome: 'passed', outputPath: `checks/${RUN}/j1/test.log` },
        { name: 'lint', outcome: 'failed', exitCode: 4 },
      ],
    });
    const output = readFileSync(join(home.paths.checksDir, RUN, 'j1', 'test.log'), 'utf8');
    expect(output).toMatch(/^ready\nreadme.md\nsetup.log\n/);
    expect(output).toContain(`TINA_HOME_ID=${home.homeId}`);
    expect(output).not.toContain('TINA_TOKEN');
    // Done again, on another commit, in the same slot.
    writeFileSync(join(home.worktree(1), 'left-by-a-check'), '');
    const commit = home.repository.commit({ 'b.txt': 'b' });
    const again = await home.done({ ...job, ...common('j2'), commit, checks: [check('test', 'ls')] });
    expect(again).toMatchObject({ checks: [{ outputTail: 'b.txt\nreadme.md\nsetup.log\n' }] });
  });

  it('need no set-up when there are none', async () => {
    const home = await testHome(WORK, { setup: { command: 'exit 1', timeoutMs: 8_000 } });
    await home.daemon();
    const job = { kind: 'run-checks', slot: 1, commit: home.base, checks: [] } as const;
    expect(await home.done({ ...job, ...common('j1') })).toEqual({ kind: 'run-checks', checks: [] });
  });
});

describe('evidence', () => {
  it('G16 is what git and the checks say of the slot as the agent left it', async () => {
    const home = await testHome(WORK);
    await home.daemon();
    const head = await withWork(home);
    const job = { kind: 'collect-evidence', attemptId: 'r1-a1', slot: 1, startCommit: home.base } as const;
    const more = {
      branch: attemptBranch('r1-a1'),
      changesSince: home.base,
      mergedWith: null,
      mustContain: [home.base],
      checks: [check('test', 'cat src/a.txt')],
    };
    expect(await home.done({ ...job, ...more, ...common('j1') })).toMatchObject({
      evidence: {
        headCommit: head,
        commits: [{ commit: head, subject: 'Add a' }],
        onBranch: true,
        containsRequired: true,
        dirtyFiles: [],
        changedFiles: ['src/a.txt'],
        conflictMarkers: [],
        checks: [{ outcome: 'passed', outputTail: 'hello' }],
      },
    });
    const nothingDone = { ...job, ...more, ...common('j2'), startCommit: head };
    expect(await home.done(nothingDone)).toMatchObject({ evidence: { commits: [], checks: [] } });
  });
});

describe('the branch of a run', () => {
  it('is created at the base, found there again, and not taken from somebody else', async () => {
    const home = await testHome(WORK);
    await home.daemon();
    const job = { kind: 'create-branch', branch: 'tina/sample', commit: home.base, slot: 1 } as const;
    for (const id of ['j1', 'j2'])
      expect(await home.done({ ...job, ...common(id) })).toEqual({ kind: 'create-branch' });
    expect(existsSync(join(home.worktree(1), 'readme.md'))).toBe(true);
    home.repository.commit({ 'b.txt': 'b' });
    home.repository.git('branch', '-f', 'tina/sample', 'main');
    const taken = await home.done({ ...job, ...common('j3') });
    expect(taken).toMatchObject({
      problem: {
        code: 'branch_exists',
        next: expect.arrayContaining(['git branch -m tina/sample tina/sample-old']),
      },
    });
    home.repository.git('branch', 'other');
    const inTheWay = await home.done({ ...job, ...common('j4'), branch: 'other/x' });
    expect(inTheWay).toMatchObject({
      problem: { code: 'branch_exists', message: expect.stringContaining('in the way') },
    });
  });

  it('G20 takes work in its scope, and G21 no other; then it lands', async () => {
    const home = await testHome(WORK);
    await home.daemon();
    const commit = await withWork(home);
    const merge = {
      kind: 'merge',
      branch: 'tina/sample',
      tip: home.base,
      commit,
      startCommit: home.base,
      mergedWith: null,
      message: 'Merge',
    } as const;
    const refused = await home.done({ ...merge, ...common('j1'), scope: ['docs/'] });
    expect(refused).toEqual({ kind: 'merge', result: { kind: 'out-of-scope', files: ['src/a.txt'] } });
    const merged = await home.done({ ...merge, ...common('j2'), scope: ['src/'] });
    expect(merged).toEqual({ kind: 'merge', result: { kind: 'merged', tip: commit, how: 'fast-forward' } });
    expect(await home.done({ ...merge, ...common('j3'), scope: ['src/'] })).toMatchObject({
      result: { how: 'already-merged' },
    });

    const gone = { ...merge, branch: 'tina/gone', scope: ['src/'] };
    expect(await home.done({ ...gone, ...common('j0') })).toMatchObject({
      problem: {
        code: 'branch_missing',
        next: [`git branch tina/gone ${home.base}`, 'git branch --list'],
      },
    });

    const base = { branch: 'tina/sample', baseBranch: 'main', tip: commit } as const;
    const integrated = await home.done({
      kind: 'integrate-base',
      ...base,
      ...common('j4'),
      message: 'Merge main',
    });
    expect(integrated).toEqual({
      kind: 'integrate-base',
      result: { kind: 'integrated', tip: commit, baseCommit: home.base },
    });
    const land = { kind: 'land', ...base, expectedBase: home.base, tip: commit } as const;
    expect(await home.done({ ...land, ...common('j5') })).toEqual({
      kind: 'land',
      result: { kind: 'landed', commit, checkout: 'updated' },
    });
    expect(readFileSync(join(home.repository.root, 'src', 'a.txt'), 'utf8')).toBe('hello');
  });

  it('goes out as a pull request where there is a way, else with what to type', async () => {
    const home = await testHome(WORK);
    await home.daemon();
    await withWork(home);
    const job = {
      kind: 'open-pull-request',
      branch: 'tina/sample',
      baseBranch: 'main',
      title: 't',
      body: 'b',
    } as const;
    const outcome = await home.done({ ...job, ...common('j1') });
    expect(outcome).toMatchObject({ kind: 'open-pull-request', url: null, pushed: false });
    expect(outcome).toMatchObject({ next: expect.arrayContaining(['git remote add origin <url>']) });
  });

  it('G22 is kept under a ref when it is discarded, unless somebody works on it', async () => {
    const home = await testHome(WORK);
    await home.daemon();
    const commit = await withWork(home);
    home.repository.git('branch', '-f', 'tina/sample', commit);
    home.repository.git('checkout', '-q', 'tina/sample');
    const job = { kind: 'discard-branch', branch: 'tina/sample', rescueRef: 'refs/tina/runs/r1' } as const;
    expect(await home.done({ ...job, ...common('j1') })).toMatchObject({
      problem: { code: 'branch_checked_out' },
    });
    home.repository.git('checkout', '-q', 'main');
    const discarded = { kind: 'discard-branch', rescueRef: 'refs/tina/runs/r1' };
    for (const id of ['j2', 'j3']) expect(await home.done({ ...job, ...common(id) })).toEqual(discarded);
    expect(home.repository.git('rev-parse', 'refs/tina/runs/r1')).toBe(commit);
    expect(home.repository.git('branch', '--list', 'tina/*')).toBe('');
  });
});

describe('the worktrees of a run', () => {
  it('are removed with their folder and with what still runs in them', async () => {
    const home = await testHome(WORK, { setup: { command: 'true', timeoutMs: 8_000 } });
    await home.daemon();
    await withWork(home);
    await home.settle('r1-a1');
    const job = { ...common('j1'), kind: 'remove-slots', taskId: null, slots: [1, 2] } as const;
    for (const jobId of ['j1', 'j2'])
      expect(await home.done({ ...job, jobId })).toEqual({ kind: 'remove-slots' });
    expect(existsSync(join(home.paths.worktreesDir, RUN))).toBe(false);
    expect(existsSync(join(home.paths.stateDir, 'setups', RUN))).toBe(false);
    expect(home.repository.git('worktree', 'list').split('\n')).toHaveLength(1);
    // A slot that is used again is made again.
    expect(await home.started('r1-a2')).toMatchObject({ kind: 'start-agent' });
  });

  it('stand below the root that the run was given', async () => {
    const home = await testHome(WORK);
    const worktreesRoot = join(home.repository.folder, 'elsewhere');
    await home.daemon();
    const settings = { ...home.settings, worktreesRoot };
    const checks = { kind: 'run-checks', slot: 3, commit: home.base, checks: [], ...common('j1') } as const;
    home.api.enqueue(home.assignment(checks, { settings }));
    await home.api.outcomeOf('j1');
    expect(existsSync(join(worktreesRoot, RUN, 'slot-3', 'readme.md'))).toBe(true);
    const remove = { ...common('j2'), kind: 'remove-slots', taskId: null, slots: [3] } as const;
    home.api.enqueue(home.assignment(remove, { settings }));
    expect(await home.api.outcomeOf('j2')).toEqual({ kind: 'remove-slots' });
    expect(existsSync(join(worktreesRoot, RUN))).toBe(false);
  });
});
