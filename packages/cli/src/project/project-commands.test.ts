import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mergeConfig, TinaError } from '@tina/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolvePaths } from '../home/paths.ts';
import { createTestCli, type RunOptions, type TestCli } from '../testing/test-cli.test-support.ts';
import type { Examination } from './examination.ts';
import { examineDisk } from './doctor/examine-home.ts';
import { examineNode } from './examine-machine.ts';

let cli: TestCli;
let project: string;
let bin: string;

beforeEach(() => {
  cli = createTestCli();
  project = join(realpathSync(cli.root), 'project');
  bin = join(cli.root, 'bin');
  mkdirSync(project);
  mkdirSync(bin);
  execFileSync('git', ['init', '-q', project]);
});

afterEach(() => cli.dispose());

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(project, name, '..'), { recursive: true });
    writeFileSync(join(project, name), text);
  }
}

function program(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
}

/** PATH with our programs and the machine's git and tmux. */
const path = (): string => `${bin}:/usr/bin:/bin`;

const run = (args: string[], options: RunOptions = {}) =>
  cli.run(args, { cwd: project, ...options, env: { PATH: path(), ...options.env } });

describe('tina init', () => {
  const config = (): string => join(project, '.tina', 'config.yaml');

  async function proposal(): Promise<string> {
    const { code, stdout } = await run(['init', '--json']);
    expect(code).toBe(0);
    const { proposal: text } = JSON.parse(stdout) as { proposal: string };
    const merged = mergeConfig(null, { path: 'config.yaml', text });
    expect(merged.ok ? [] : merged.errors).toEqual([]);
    return text;
  }

  it('proposes checks, set-up, files and agents of a Node project', async () => {
    write({
      'package.json': JSON.stringify({
        scripts: { test: 'vitest', lint: 'eslint', typecheck: 'tsc', build: 'vite build', other: 'x' },
      }),
      'package-lock.json': '{}',
      '.gitignore': '.env\n.env.local\n',
      '.env': '',
      '.env.local': '',
      '.env.example': '',
    });
    program('claude', '');
    program('codex', '');
    expect(await proposal()).toMatchInlineSnapshot(`
      "# Tina's configuration of this project. What holds, and where it comes from:  tina config
      # For completion in an editor:  tina config --schema > .tina/config.schema.json  and the line
      #   # yaml-language-server: $schema=config.schema.json
      version: 1

      # The agent that does the work, with its own login; may run commands in its worktree. What is known of it:  tina agents
      # Also here: codex.
      agents: { default: claude }

      # Runs once in each new worktree; nothing is installed unless it says so.
      setup: npm ci

      # Files that git ignores and the work needs: they are brought along into worktrees.
      worktrees: { include: [.env, .env.local] }

      # Tina runs these itself: on the base commit first, so that only new failures count.
      checks:
        - { name: test, command: npm test, at: [task, phase, finalize] }
        - { name: types, command: npm run typecheck, at: [task, phase, finalize] }
        - { name: lint, command: npm run lint, at: [phase, finalize] }
        - { name: build, command: npm run build, at: [finalize] }

      # What becomes of the branch at the end: ask, merge, pr, keep or discard.
      finalize: ask
      "
    `);
  });

  it('says how to name an agent of another kind where none was found', async () => {
    const env = { PATH: '/nowhere' };
    const { stdout } = await run(['init', '--write'], { env });
    expect(stdout).toContain('next: edit .tina/config.yaml: agents');
    expect(stdout).toContain('docs/command-agent.md, or docs/scripted-agent.md');
    const examined = await run(['doctor'], { env });
    expect(examined.stdout).toContain('docs/command-agent.md, or docs/scripted-agent.md');
  });

  it('proposes what can stay a comment where nothing was found', async () => {
    expect(await proposal()).toMatchInlineSnapshot(`
      "# Tina's configuration of this project. What holds, and where it comes from:  tina config
      # For completion in an editor:  tina config --schema > .tina/config.schema.json  and the line
      #   # yaml-language-server: $schema=config.schema.json
      version: 1

      # The agent that does the work. No agent program that Tina knows was found on PATH; any program that takes a
      # prompt will do, and a scripted agent shows the pipeline without spending anything.
      # agents:
      #   default: mine
      #   mine: { kind: command, command: [my-agent, --headless] }

      # Runs once in each new worktree; nothing is installed unless it says so.
      # setup: make deps

      # Files that git ignores and the work needs: they are brought along into worktrees.
      # worktrees: { include: [.env] }

      # Tina runs these itself: on the base commit first, so that only new failures count.
      # checks:
      #   - { name: test, command: make test, at: [task, phase, finalize] }

      # What becomes of the branch at the end: ask, merge, pr, keep or discard.
      finalize: ask
      "
    `);
  });

  it.each([
    ['pnpm-lock.yaml', {}, 'pnpm install --frozen-lockfile', 'pnpm run test'],
    ['bun.lock', {}, 'bun install --frozen-lockfile', 'bun run test'],
    ['yarn.lock', {}, 'yarn install --frozen-lockfile', 'yarn run test'],
    ['yarn.lock', { '.yarnrc.yml': '' }, 'yarn install --immutable', 'yarn run test'],
  ])('knows %s with %j', async (lock, others, setup, test) => {
    write({ 'package.json': JSON.stringify({ scripts: { test: 'x' } }), [lock]: '', ...others });
    const text = await proposal();
    expect(text).toContain(`setup: ${setup}\n`);
    expect(text).toContain(`{ name: test, command: ${test}, at: [task, phase, finalize] }`);
  });

  it.each([
    [
      { 'pyproject.toml': '[tool.pytest]\n[tool.ruff]\nmypy', 'uv.lock': '' },
      ['setup: uv sync', 'uv run pytest', 'uv run ruff check', 'uv run mypy .'],
    ],
    [{ 'pyproject.toml': 'pytest', 'poetry.lock': '' }, ['setup: poetry install', 'poetry run pytest']],
    [{ 'pyproject.toml': 'pytest' }, ['# setup:', 'command: pytest']],
    [{ 'Cargo.toml': '' }, ['command: cargo test']],
    [{ 'go.mod': '' }, ['command: go test ./...', 'command: go vet ./...']],
    [
      { Makefile: 'test: x\n\tgo\nlint:\nchecked:\nflags := x\n' },
      ['command: make test', 'command: make lint'],
    ],
    [{ Makefile: 'check:\n' }, ['command: make check']],
    [
      { 'Cargo.toml': '', 'go.mod': '' },
      ['name: test, command: cargo test', 'name: test-2, command: go test'],
    ],
    [
      { 'package.json': JSON.stringify({ scripts: { test: 'echo "Error: no test specified" && exit 1' } }) },
      ['# checks:'],
    ],
    [{ 'package.json': 'not json' }, ['# checks:', '# setup:']],
    [{ 'package.json': '{"scripts": 5}', Makefile: 'test:\n' }, ['# checks:']],
  ])('knows %j', async (files, lines) => {
    write(files);
    const text = await proposal();
    for (const line of lines) expect(text).toContain(line);
  });

  it('writes nothing unless told to', async () => {
    const { code, stdout } = await run(['init']);
    expect(code).toBe(0);
    expect(stdout).toContain('Nothing was written.\nnext: tina init --write\n');
    expect(existsSync(config())).toBe(false);
    expect((await run(['init'], { answers: ['no'] })).questions).toEqual([`Write ${config()}? [y/N] `]);
    expect(existsSync(config())).toBe(false);
  });

  it.each([
    ['with --write', ['init', '--write'], {}],
    ['after a yes', ['init'], { answers: ['y'] }],
  ])('writes %s, and says how to go on', async (_how, args, options) => {
    program('claude', '');
    const { code, stdout } = await run(args, options);
    expect(code).toBe(0);
    expect(stdout).toContain(`Written: ${config()}\nnext: tina doctor\n      git add .tina/config.yaml`);
    expect(stdout).toContain(`agents:  claude (${bin}/claude)`);
    expect(readFileSync(config(), 'utf8')).toContain('default: claude');
  });

  it('never replaces a configuration without --force', async () => {
    write({ '.tina/config.yaml': 'version: 1\n' });
    expect((await run(['init'], { answers: ['y'] })).stdout).toContain(
      'is there already and was left as it is.',
    );
    const refused = await run(['init', '--write', '--json']);
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stderr)).toMatchObject({
      error: { code: 'config_exists', place: { file: config() } },
    });
    expect(readFileSync(config(), 'utf8')).toBe('version: 1\n');
    expect((await run(['init', '--force'], { answers: ['y'] })).questions[0]).toContain('Replace');
    expect(JSON.parse((await run(['init', '--write', '--force', '--json'])).stdout)).toMatchObject({
      exists: true,
      written: true,
    });
    expect(readFileSync(config(), 'utf8')).toContain('finalize: ask');
  });

  it('says that it cannot write, and that this is no repository', async () => {
    write({ '.tina': 'a file' });
    const unwritable = await run(['init', '--write']);
    expect(unwritable.code).toBe(1);
    expect(unwritable.stderr).toContain('The configuration could not be written');
    const outside = await run(['init'], { cwd: cli.root });
    expect(outside.code).toBe(1);
    expect(outside.stderr).toContain('This is not a git repository.');
  });
});

describe('tina config', () => {
  it('shows what holds and from where', async () => {
    write({
      '.tina/config.yaml':
        'version: 1\nlimits: { parallelAgents: 2 }\nsetup: npm ci\nchecks: [{ name: test, command: npm test }]\n',
    });
    mkdirSync(join(cli.root, 'home', 'config'), { recursive: true });
    writeFileSync(
      join(cli.root, 'home', 'config', 'config.yaml'),
      'version: 1\nagents: { default: a, a: { kind: command, command: [x, y] }, s: { kind: scripted, script: s.yaml } }\nroles: { planner: { agent: a, model: opus }, reviewer: { model: gpt } }\nrouting: { models: { gpt-*: a }, tags: { ui: { agent: s } }, fallback: [{ agent: s, model: x }] }\n',
    );
    const { code, stdout } = await run(['config']);
    expect(code).toBe(0);
    expect(stdout.replaceAll(realpathSync(cli.root), '<root>').replaceAll(cli.root, '<root>'))
      .toMatchInlineSnapshot(`
        "SETTING                  FROM     VALUE
        agents.a                 user     command: x y
        agents.default           user     a
        agents.s                 user     scripted: s.yaml
        budgets.warnAt           default  80%
        checks                   project  test (task, phase, finalize)
        env                      default  none
        finalize                 default  ask
        limits.idleStop          default  30m
        limits.idleWarning       default  10m
        limits.machineAgents     default  6
        limits.parallelAgents    project  2
        limits.start             default  1m
        limits.tasksPerPlan      default  20
        limits.turn              default  2h
        models.known             default  what the agents are known to take
        policy.gates.plan        default  false
        policy.gates.review      default  false
        policy.preset            default  balanced
        policy.taskReview        default  plan
        retries.backoff          default  5s
        retries.overload.cap     default  10m
        retries.overload.factor  default  3
        retries.overload.first   default  10s
        retries.overload.times   default  5
        roles.planner            user     a (opus)
        roles.reviewer           user     (gpt)
        routing.fallback         user     s (x)
        routing.models.gpt-*     user     a
        routing.reviewersDiffer  default  false
        routing.tags.ui          user     s
        sandbox.enabled          default  false
        sandbox.network          default  true
        sandbox.writable         default  none
        setup                    project  npm ci  (at most 30m)
        worktrees.include        default  none
        worktrees.root           default  below the state folder

        user:    <root>/home/config/config.yaml
        project: <root>/project/.tina/config.yaml
        "
      `);
  });

  it('prints it as JSON', async () => {
    const parsed = JSON.parse((await run(['config', '--json'])).stdout) as Record<string, unknown>;
    expect(Object.keys(parsed)).toEqual(['config', 'origins', 'paths']);
    expect(parsed['paths']).toEqual({
      user: join(cli.root, 'home', 'config', 'config.yaml'),
      project: join(project, '.tina', 'config.yaml'),
    });
  });

  it('works outside of a project', async () => {
    expect((await run(['config'], { cwd: cli.root })).stdout).toContain('project: (not in a git repository)');
  });

  it('G31 reports every mistake with its line', async () => {
    write({ '.tina/config.yaml': 'version: 1\nchekcs: []\nfinalize: mrege\n' });
    const { code, stderr } = await run(['config']);
    expect(code).toBe(1);
    expect(stderr).toContain('error: The configuration has 2 mistakes.');
    expect(stderr).toContain('config.yaml:2:1 chekcs is not a setting; did you mean checks?');
    expect(stderr).toContain('config.yaml:3:11 finalize must be one of');
  });

  it('says that a file cannot be read', async () => {
    mkdirSync(join(project, '.tina', 'config.yaml'), { recursive: true });
    const { code, stderr } = await run(['config']);
    expect(code).toBe(1);
    expect(stderr).toContain('The configuration cannot be read');
  });

  it('prints the format for editors', async () => {
    expect(JSON.parse((await run(['config', '--schema'])).stdout)).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      properties: { version: { const: 1 } },
    });
  });
});

describe('tina doctor', () => {
  async function examine(
    options: RunOptions = {},
  ): Promise<{ code: number; of: (name: string) => Examination | undefined }> {
    const { code, stdout } = await run(['doctor', '--json'], options);
    const { ok, examinations } = JSON.parse(stdout) as { ok: boolean; examinations: Examination[] };
    expect(ok).toBe(code === 0);
    return { code, of: (name) => examinations.find((one) => one.name === name) };
  }

  const agents = 'version: 1\nagents: { default: mine, mine: { kind: command, command: [my-agent] } }\n';

  const git = (...args: string[]): void => {
    const user = ['-c', 'user.name=A', '-c', 'user.email=a@b'];
    execFileSync('git', ['-C', project, ...user, ...args], { stdio: 'ignore' });
  };

  it('is content when everything is here', async () => {
    write({ '.tina/config.yaml': agents });
    git('commit', '--allow-empty', '-m', 'Begin');
    program('my-agent', 'echo my-agent 3.1');
    const { code, of } = await examine();
    expect(code).toBe(0);
    expect(of('node')).toMatchObject({ status: 'ok', version: process.version });
    expect(of('git')).toMatchObject({ status: 'ok', version: expect.stringMatching(/^2\./) as string });
    expect(of('state folder')).toMatchObject({ status: 'ok' });
    expect(of('disk')).toMatchObject({ found: expect.stringContaining('free') as string });
    expect(of('daemon')).toMatchObject({
      status: 'ok',
      found: 'not running; commands start it when they need it',
    });
    expect(of('project')).toMatchObject({ status: 'ok', found: project });
    expect(of('configuration')).toMatchObject({ status: 'ok', found: join(project, '.tina', 'config.yaml') });
    expect(of('agent mine')).toMatchObject({
      status: 'ok',
      found: join(bin, 'my-agent'),
      version: 'my-agent 3.1',
    });
    expect(of('default agent')).toMatchObject({ status: 'ok', found: 'mine' });
    const { stdout } = await run(['doctor']);
    expect(stdout).toMatch(/^✔ node +v/);
    expect(stdout).toContain('Everything that a run needs is here.');
    expect((await run(['doctor'], { env: { LANG: 'C' } })).stdout).toMatch(/^\+ node/);
  });

  it('looks at every agent that a run can come to, and needs no default where every role has one', async () => {
    git('commit', '--allow-empty', '-m', 'Begin');
    program('claude', 'echo 2.1.329');
    write({
      '.tina/config.yaml': 'version: 1\nroles: { planner: { agent: claude }, reviewer: { agent: codex } }\n',
    });
    const some = await examine();
    expect(some.of('agent codex')).toMatchObject({ status: 'missing' });
    expect(some.of('default agent')).toMatchObject({ status: 'missing' });
    const roles = [
      'validator',
      'planner',
      'implementer',
      'spec-reviewer',
      'quality-reviewer',
      'reviewer',
      'resolver',
    ];
    const all = roles.map((role) => `${role}: { agent: claude }`).join(', ');
    write({ '.tina/config.yaml': `version: 1\nroles: { ${all} }\n` });
    const { of } = await examine();
    expect(of('default agent')).toMatchObject({ status: 'ok', found: 'none is needed: every role has one' });
    expect(of('agent codex')).toBeUndefined();
  });

  it('misses an agent, and shows the programs that could be one', async () => {
    program('claude', 'echo 2.1.329');
    program('codex', 'exit 1');
    git('commit', '--allow-empty', '-m', 'Begin');
    const { code, of } = await examine();
    expect(code).toBe(1);
    expect(of('agent claude')).toMatchObject({
      found: `${bin}/claude, needs no definition`,
      version: '2.1.329',
    });
    // It does not say that somebody is logged in.
    expect(of('agent codex')).toMatchObject({ status: 'warning', version: null });
    expect(of('default agent')).toMatchObject({
      status: 'missing',
      next: ['tina init --write', expect.any(String) as string],
    });
    expect((await run(['doctor'])).stdout).toContain('Missing: default agent.');
  });

  it('misses a commit, and a branch that is checked out', async () => {
    write({ '.tina/config.yaml': agents });
    program('my-agent', 'echo my-agent 3.1');
    const empty = await examine();
    expect(empty.code).toBe(1);
    expect(empty.of('project')).toMatchObject({ status: 'missing', found: `${project} has no commit yet` });
    git('commit', '--allow-empty', '-m', 'Begin');
    git('checkout', '--detach');
    const detached = await examine();
    expect(detached.code).toBe(1);
    expect(detached.of('project')).toMatchObject({
      status: 'missing',
      found: `${project} has no branch checked out (detached HEAD)`,
      next: ['git switch <branch>', expect.stringContaining('--base') as string],
    });
  });

  it('looks for configured agents where they should be', async () => {
    const definitions = [
      'gone: { kind: command, command: [no-such-agent] }',
      'local: { kind: command, command: [./bin/agent], versionCommand: [echo, local 7] }',
      'script: { kind: scripted, script: demo.yaml }',
      'lost: { kind: scripted, script: lost.yaml }',
    ];
    write({
      '.tina/config.yaml': `version: 1\nagents: { default: script, ${definitions.join(', ')} }\n`,
      'bin/agent': '#!/bin/sh\n',
      'demo.yaml': 'version: 1\nentries: []\n',
    });
    chmodSync(join(project, 'bin/agent'), 0o755);
    const { code, of } = await examine();
    expect(code).toBe(1);
    expect(of('agent gone')).toMatchObject({
      status: 'missing',
      found: expect.stringContaining('"no-such-agent" was not found in PATH') as string,
    });
    expect(of('agent local')).toMatchObject({ status: 'ok', version: 'local 7' });
    expect(of('agent lost')).toMatchObject({
      status: 'missing',
      found: expect.stringContaining('The agent lost cannot work: ') as string,
      details: [expect.stringContaining(join(project, 'lost.yaml')) as string],
    });
    expect(of('agent script')).toMatchObject({
      status: 'ok',
      found: `follows ${join(project, 'demo.yaml')}`,
    });
  });

  it('checks agents as a run does: a script with mistakes, and a program that fails', async () => {
    const definitions = [
      'wrong: { kind: scripted, script: wrong.yaml }',
      'broken: { kind: command, command: [broken] }',
    ];
    write({
      '.tina/config.yaml': `version: 1\nagents: { default: wrong, ${definitions.join(', ')} }\n`,
      'wrong.yaml': 'version: 1\nentires: []\n',
    });
    program('broken', 'exit 3');
    const { code, of } = await examine();
    expect(code).toBe(1);
    expect(of('agent wrong')).toMatchObject({
      status: 'missing',
      found: expect.stringContaining('The agent wrong cannot work: ') as string,
      details: expect.arrayContaining([
        expect.stringContaining(`${join(project, 'wrong.yaml')}:2:1`) as string,
      ]) as string[],
    });
    expect(of('agent broken')).toMatchObject({
      status: 'warning',
      found: `${join(bin, 'broken')} is there, and its version command fails or hangs`,
      next: [`${join(bin, 'broken')} --version`, expect.stringContaining('versionCommand') as string],
    });
  });

  it('misses git and warns of tmux when they are missing or too old', async () => {
    program('git', 'echo git version 2.30.1');
    program('tmux', 'echo tmux 2.9');
    const old = await examine();
    expect(old.code).toBe(1);
    expect(old.of('git')).toMatchObject({
      status: 'missing',
      version: '2.30.1',
      next: ['install git 2.38 or newer'],
    });
    expect(old.of('tmux')).toMatchObject({ status: 'warning', version: '2.9' });
    program('tmux', 'echo tmux next-3.6');
    program('git', 'exit 1');
    expect((await examine()).of('tmux')).toMatchObject({ status: 'ok', version: 'next-3.6' });
    expect((await examine()).of('git')).toMatchObject({ status: 'missing' });
    program('tmux', 'exit 1');
    expect((await examine()).of('tmux')).toMatchObject({ status: 'warning', version: null });
  });

  it('shows mistakes of the configuration with their lines', async () => {
    write({ '.tina/config.yaml': 'version: 1\nchekcs: []\n' });
    const { code, of } = await examine();
    expect(code).toBe(1);
    expect(of('configuration')).toMatchObject({
      status: 'missing',
      details: [`${project}/.tina/config.yaml:2:1 (chekcs)`],
    });
    expect((await run(['doctor'])).stdout).toContain('config.yaml:2:1 (chekcs)');
  });

  it('shows a daemon that runs, and one of another version or that does not answer rightly', async () => {
    const daemon = await cli.serve({ 'daemon.status': () => ({ pid: 7, version: '1.2.3' }) });
    expect((await examine()).of('daemon')).toMatchObject({
      status: 'ok',
      found: 'running, pid 7',
      version: '1.2.3',
    });
    expect((await examine({ version: '2.0.0' })).of('daemon')).toMatchObject({
      status: 'warning',
      next: ['tina daemon stop && tina daemon start'],
    });
    await daemon.close();
    await cli.serve({
      'daemon.status': () => {
        throw new TinaError({ code: 'x', message: 'Broken.', place: { file: '/s' } });
      },
    });
    expect((await examine()).of('daemon')).toMatchObject({
      status: 'missing',
      found: 'Broken.',
      details: ['/s'],
    });
  });

  it('says that the state folder cannot be used', async () => {
    const long = await examine({ env: { TINA_HOME: `/${'x'.repeat(120)}` } });
    expect(long.code).toBe(1);
    expect(long.of('state folder')).toMatchObject({ status: 'missing' });
    writeFileSync(join(cli.root, 'file'), '');
    const broken = await examine({ env: { TINA_HOME: join(cli.root, 'file') } });
    expect(broken.of('state folder')).toMatchObject({
      status: 'missing',
      found: expect.stringContaining('cannot be used') as string,
    });
  });

  it('warns outside of a repository', async () => {
    expect((await examine({ cwd: cli.root })).of('project')).toMatchObject({ status: 'warning' });
  });

  it('judges versions and room', () => {
    const paths = resolvePaths({ env: {}, cwd: '/', home: '/h' });
    expect(examineNode('v24.0.0').status).toBe('ok');
    expect(examineNode('v22.12.0').status).toBe('missing');
    expect([5e9, 1e9, 1e8].map((free) => examineDisk(free, paths).status)).toEqual([
      'ok',
      'warning',
      'missing',
    ]);
  });
});
