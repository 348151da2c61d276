import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TinaError, type RunView } from '@tina/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answers } from '../testing/fake-daemon.test-support.ts';
import { createTestCli, type TestCli } from '../testing/test-cli.test-support.ts';
import { ago, makeGate, makeRun } from '../testing/views.test-support.ts';

let cli: TestCli;
let project: string;

const DESIGN = '# Rate limits\n\n## Phase 1: Limit\n';
const ended = makeRun({
  status: 'complete',
  endedAt: ago(0),
  revision: 50,
  ending: { kind: 'kept', branch: 'tina/rate-limits' },
});
const asking = makeRun({ status: 'finalizing', gates: [makeGate({ kind: 'finalize' })] });

beforeEach(() => {
  cli = createTestCli();
  project = join(realpathSync(cli.root), 'project');
  mkdirSync(join(project, '.git'), { recursive: true });
  writeFileSync(join(project, 'design.md'), DESIGN);
});

afterEach(() => cli.dispose());

const created = { runId: 'r1', outcome: 'started', designChanged: false, warnings: [] as string[] };

/** A daemon that starts a run, which goes through these views. */
function daemonWith(views: readonly RunView[], answer: object = created): Answers {
  return {
    'run.create': () => answer,
    'run.get': () => views.at(-1),
    'run.commits': () => [],
    'run.finalize': () => ({ runId: 'r1', status: 'finalizing' }),
    'run.watch': async function* () {
      yield* views;
    },
  };
}

const orchestrate = (args: string[], options = {}) =>
  cli.run(['orchestrate', ...args], { cwd: project, ...options });

describe('tina orchestrate', () => {
  it('starts a run of the design and follows it to its end', async () => {
    const daemon = await cli.serve(daemonWith([makeRun(), ended]));
    const { code, stdout, stderr } = await orchestrate(['design.md']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Run r1 started\.\n/);
    expect(stdout).toContain('rate-limits is done and kept on tina/rate-limits');
    expect(daemon.inputOf('run.create')).toEqual({
      idempotencyKey: expect.any(String) as string,
      designPath: join(project, 'design.md'),
      designText: DESIGN,
      directory: project,
      fresh: false,
    });
  });

  it('passes on what was asked for', async () => {
    const daemon = await cli.serve(daemonWith([ended]));
    const flags = [
      '--new',
      '--feature',
      'f',
      '--base',
      'b',
      '--agent',
      'a',
      '--model',
      'm',
      '--policy',
      'strict',
    ];
    await orchestrate([...flags, '--finalize', 'pr', '--parallel', '5', '-d', 'design.md']);
    expect(daemon.inputOf('run.create')).toMatchObject({
      fresh: true,
      feature: 'f',
      base: 'b',
      agent: 'a',
      model: 'm',
      preset: 'strict',
      finalize: 'pr',
      parallel: 5,
    });
  });

  it('means the project of the design when one stands outside of any', async () => {
    const daemon = await cli.serve(daemonWith([ended]));
    await orchestrate([join('project', 'design.md'), '--detach'], { cwd: cli.root });
    expect(daemon.inputOf('run.create')).toMatchObject({ directory: project });
  });

  it('only starts it with --detach, and says how to look', async () => {
    const daemon = await cli.serve(daemonWith([makeRun()]));
    const { code, stdout } = await orchestrate(['design.md', '--detach']);
    expect(code).toBe(0);
    expect(stdout).toBe('Run r1 started.\nnext: tina watch r1\n      tina wait r1\n');
    expect(daemon.calls.map((call) => call.name)).toEqual(['run.create']);
    const json = await orchestrate(['design.md', '--detach', '--json']);
    expect(JSON.parse(json.stdout)).toEqual({ started: created });
  });

  it('has the branch kept with --yes where it would be asked for, also when nobody follows', async () => {
    const answers = [created, { ...created, outcome: 'found' }];
    const daemon = await cli.serve({ 'run.create': () => answers.shift() });
    const started = await orchestrate(['design.md', '--detach', '--yes', '--finalize', 'ask']);
    expect(daemon.inputOf('run.create')).toMatchObject({ finalize: 'ask', unattended: true });
    expect(started.stderr).toBe('');
    const found = await orchestrate(['design.md', '--detach', '--yes']);
    expect(found.stdout).toMatch(/^Run r1 is under way already\.\n/);
    expect(found.stderr).toContain('--yes is without effect with --detach');
  });

  it('says that it goes on with a run, that the design changed, and what to look out for', async () => {
    const answer = { ...created, outcome: 'resumed', designChanged: true, warnings: ['No success metrics.'] };
    await cli.serve(daemonWith([ended], answer));
    const { stdout, stderr } = await orchestrate(['design.md']);
    expect(stdout).toContain('Run r1 was paused and goes on.');
    expect(stderr).toContain('warning: No success metrics.\n');
    expect(stderr).toContain('warning: design.md has changed since; the run follows the design as it was.');
    await cli.dispose();
  });

  it('is exit code 1 when the run is blocked', async () => {
    await cli.serve(daemonWith([makeRun({ status: 'blocked' })]));
    expect((await orchestrate(['design.md'])).code).toBe(1);
  });

  it('prints JSON lines: what was started, every event, the run', async () => {
    const event = { sequence: 1, runId: 'r1', number: 50, at: 0, type: 'run.completed', data: {} };
    let asked = 0;
    await cli.serve({
      ...daemonWith([makeRun(), ended]),
      'run.get': () => (++asked > 1 ? ended : makeRun()),
      'event.watch': async function* () {
        yield event;
      },
    });
    const { code, stdout } = await orchestrate(['design.md', '--json']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { started: created },
      { event },
      { run: ended },
    ]);
  });
});

describe('the gate at the end', () => {
  it.each([
    ['m', 'merge'],
    ['PR', 'pr'],
    ['keep', 'keep'],
    ['d', 'discard'],
  ])('takes %s for %s', async (answer, choice) => {
    const daemon = await cli.serve(daemonWith([makeRun(), asking, asking, ended]));
    const { code, stdout, questions } = await orchestrate(['design.md'], { answers: ['', 'what?', answer] });
    expect(code).toBe(0);
    expect(questions).toHaveLength(3);
    expect(stdout).toContain('"what?" is no answer. Type m, p, k, d or l, and Enter.');
    expect(stdout).toContain(
      'All phases are done. What becomes of tina/rate-limits?\n  m  merge into main\n',
    );
    expect(daemon.inputOf('run.finalize')).toMatchObject({ run: 'r1', choice });
  });

  it.each([['l'], [null]])('leaves the run waiting after %j', async (answer) => {
    const daemon = await cli.serve(daemonWith([asking, ended]));
    const { code, stdout } = await orchestrate(['design.md'], { answers: [answer] });
    expect(code).toBe(1);
    expect(stdout).toContain(
      'The run waits for you. When you know:  tina finalize r1 --merge|--pr|--keep|--discard',
    );
    expect(daemon.calls.map((call) => call.name)).not.toContain('run.finalize');
  });

  it('is kept with --yes, never merged, and nobody is asked', async () => {
    const daemon = await cli.serve(daemonWith([asking, asking, ended]));
    const { questions, stdout } = await orchestrate(['design.md', '--yes'], { answers: ['m'] });
    expect(questions).toEqual([]);
    expect(stdout).toContain('--yes: the branch is kept');
    expect(daemon.inputOf('run.finalize')).toMatchObject({ choice: 'keep' });
  });

  it('is kept with --yes --json, and left open with --json alone', async () => {
    const opened = {
      sequence: 1,
      runId: 'r1',
      number: 49,
      at: 0,
      type: 'gate.opened',
      data: { kind: 'finalize' },
    };
    let asked = 0;
    const answers: Answers = {
      ...daemonWith([asking]),
      'run.get': () => (++asked > 1 ? ended : asking),
      'event.watch': async function* () {
        yield opened;
        yield { ...opened, number: 50, type: 'run.completed' };
      },
    };
    const daemon = await cli.serve(answers);
    const options = { answers: ['m'] };
    expect((await orchestrate(['design.md', '--yes', '--json'], options)).questions).toEqual([]);
    expect(daemon.inputOf('run.finalize')).toMatchObject({ choice: 'keep' });
    asked = 0;
    expect((await orchestrate(['design.md', '--json'], options)).questions).toEqual([]);
    expect(daemon.calls.filter((call) => call.name === 'run.finalize')).toHaveLength(1);
  });

  it('is waited for where nobody can be asked', async () => {
    await cli.serve(daemonWith([asking, ended]));
    const { code, stdout } = await orchestrate(['design.md']);
    expect(code).toBe(0);
    expect(stdout).toContain('gate r1-g1:');
  });

  it('may be answered elsewhere meanwhile', async () => {
    await cli.serve({
      ...daemonWith([asking, ended]),
      'run.finalize': () => {
        throw new TinaError({ code: 'already_chosen', message: 'Finalizing is under way: merge.' });
      },
    });
    const { code, stdout } = await orchestrate(['design.md'], { answers: ['k'] });
    expect(code).toBe(0);
    expect(stdout).toContain(
      'Your answer (keep) came too late and was not taken: Finalizing is under way: merge.',
    );
  });

  it.each([
    ['finalize.chosen', { choice: 'merge' }, 'Answered elsewhere: merge.'],
    ['run.cancelled', {}, 'The run was cancelled elsewhere.'],
  ])('is not asked for any longer after %s', async (type, data, said) => {
    const event = { sequence: 1, runId: 'r1', number: 43, at: 0, type, data };
    const daemon = await cli.serve({
      ...daemonWith([asking, ended]),
      'event.watch': async function* () {
        yield { ...event, type: 'gate.approved', data: {} };
        yield event;
      },
    });
    const { code, stdout, questions } = await orchestrate(['design.md'], { waits: true });
    expect(code).toBe(0);
    expect(questions).toHaveLength(1);
    expect(stdout).toContain(said);
    expect(stdout).toContain('is done and kept');
    expect(daemon.calls.map((call) => call.name)).not.toContain('run.finalize');
  });

  it('shows why a choice was refused', async () => {
    await cli.serve({
      ...daemonWith([asking, ended]),
      'run.finalize': () => {
        throw new TinaError({ code: 'not_ready', message: 'Not yet.' });
      },
    });
    const { code, stderr } = await orchestrate(['design.md'], { answers: ['k'] });
    expect(code).toBe(1);
    expect(stderr).toContain('Not yet.');
  });
});

describe('with no agent configured', () => {
  const refused: Answers = {
    'run.create': () => {
      throw new TinaError({ code: 'no_agent', message: 'No agent is configured.', next: ['tina init'] });
    },
  };

  function binWith(...names: string[]): string {
    const bin = join(cli.root, 'bin');
    mkdirSync(bin);
    for (const name of names) {
      writeFileSync(join(bin, name), '#!/bin/sh\n');
      chmodSync(join(bin, name), 0o755);
    }
    return bin;
  }

  it('says which agent programs are here and how to choose one', async () => {
    const daemon = await cli.serve(refused);
    const bin = binWith('codex', 'claude');
    const { code, stdout, stderr } = await orchestrate(['design.md'], { env: { PATH: bin } });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('error: No agent is configured.\n');
    expect(stderr).toContain(`  Found:\n    claude  ${bin}/claude\n    codex  ${bin}/codex\n`);
    expect(stderr).toContain('next: tina orchestrate <design.md> --agent claude');
    expect(stderr).toContain('tina init --write            chooses claude for the project');
    expect(daemon.calls.map((call) => call.name)).toEqual(['run.create']);
  });

  it('says that it found none', async () => {
    await cli.serve(refused);
    const { stderr } = await orchestrate(['design.md', '--json'], { env: { PATH: binWith() } });
    const { error } = JSON.parse(stderr) as { error: { details: string[]; next: string[] } };
    expect(error.details[0]).toContain('No agent program that Tina knows');
    expect(error.next[0]).toContain('install an agent program');
  });
});

describe('G31 a design that cannot be one', () => {
  it.each([
    ['missing', 'no-such.md', 'design_missing', () => {}],
    ['below a file', 'design.md/x', 'design_missing', () => {}],
    ['a folder', 'folder', 'design_is_folder', () => mkdirSync(join(project, 'folder'))],
    ['empty', 'empty.md', 'design_empty', () => writeFileSync(join(project, 'empty.md'), ' \n')],
    [
      'too large',
      'large.md',
      'design_too_large',
      () => writeFileSync(join(project, 'large.md'), Buffer.alloc(5_000_001, 'a')),
    ],
    [
      'not UTF-8',
      'latin.md',
      'design_not_utf8',
      () => writeFileSync(join(project, 'latin.md'), Buffer.from([0x23, 0xe4, 0x0a])),
    ],
  ])('is refused before anything is asked of the daemon: %s', async (_what, name, code, prepare) => {
    prepare();
    const outcome = await orchestrate([name, '--json']);
    expect(outcome.code).toBe(1);
    const { error } = JSON.parse(outcome.stderr) as {
      error: { code: string; place: { file: string }; next: string[] };
    };
    expect(error.code).toBe(code);
    expect(error.place.file).toBe(join(project, name));
    expect(error.next.length).toBeGreaterThan(0);
  });

  it('is read through links, without a byte order mark, and by its real path', async () => {
    const daemon = await cli.serve(daemonWith([ended]));
    writeFileSync(join(project, 'bom.md'), `\uFEFF${DESIGN}`);
    symlinkSync(join(project, 'bom.md'), join(project, 'link.md'));
    await orchestrate(['link.md', '--detach']);
    expect(daemon.inputOf('run.create')).toMatchObject({
      designText: DESIGN,
      designPath: join(project, 'bom.md'),
    });
  });

  it('may come from a pipe, but not without end', async () => {
    const pipe = join(project, 'pipe');
    execFileSync('sh', ['-c', `mkfifo '${pipe}'; head -c 6000000 /dev/zero > '${pipe}' &`], {
      stdio: 'ignore',
    });
    const outcome = await orchestrate(['pipe', '--json']);
    expect(JSON.parse(outcome.stderr)).toMatchObject({ error: { code: 'design_too_large' } });
  });
});
