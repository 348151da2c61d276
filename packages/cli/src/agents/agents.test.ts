import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentTestView, agentTestViewSchema, agentViewSchema, type AgentView } from '@tina/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestCli, type RunOptions, type TestCli } from '../testing/test-cli.test-support.ts';

let cli: TestCli;
let project: string;
let bin: string;

beforeEach(() => {
  cli = createTestCli();
  project = join(cli.root, 'project');
  bin = join(cli.root, 'bin');
  for (const folder of [join(project, '.tina'), bin]) mkdirSync(folder, { recursive: true });
  execFileSync('git', ['init', '-q', project]);
});

afterEach(() => cli.dispose());

function program(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
}

function configure(agents: string): void {
  writeFileSync(join(project, '.tina', 'config.yaml'), `version: 1\nagents: ${agents}\n`);
}

const run = (args: readonly string[], options: RunOptions = {}) => {
  const env = { PATH: `${bin}:/usr/bin:/bin`, TMPDIR: cli.root, ...options.env };
  return cli.run(args, { cwd: project, ...options, env });
};

async function listed(): Promise<readonly AgentView[]> {
  const { code, stdout } = await run(['agents', '--json']);
  expect(code).toBe(0);
  return JSON.parse(stdout) as AgentView[];
}

const named = (all: readonly AgentView[], name: string): AgentView | undefined =>
  all.find((one) => one.name === name);

const LOGGED_IN = `case "$1" in --version) echo '2.1.329 (Claude Code)';; auth) echo '{"loggedIn":true}';; esac`;
/** Does what a trial asks for. */
const FIT =
  'cat > /dev/null; echo "hello from the trial" > hello.txt; git add hello.txt; git commit -q -m "Say hello"; ' +
  'echo "phase-1-task-1 complete: said hello"';
const worker = (name: string, work: string): void =>
  program(name, `if [ "$1" = --version ]; then echo ${name} 1.0; exit; fi; ${work}`);

describe('tina agents', () => {
  it('lists what is configured and what needs no definition, with what to do', async () => {
    configure('{ default: claude, gone: { kind: command, command: [no-such-agent] } }');
    program('claude', LOGGED_IN);
    const all = await listed();
    expect(named(all, 'claude')).toMatchObject({
      kind: 'claude',
      origin: 'built-in',
      isDefault: true,
      isFound: true,
      path: join(bin, 'claude'),
      version: '2.1.329 (Claude Code)',
      range: 'fits',
      problem: null,
      test: null,
      next: ['tina agents test claude'],
    });
    expect(named(all, 'claude')?.startLine.slice(0, 2)).toEqual(['claude', '-p']);
    expect(named(all, 'gone')).toMatchObject({ origin: 'configured', isFound: false, isDefault: false });
    expect(named(all, 'codex')).toMatchObject({ isFound: false, path: null, range: null });
    expect(named(all, 'codex')?.next[0]).toContain('npm install');
    const { stdout } = await run(['agents']);
    expect(stdout).toMatch(/^✖ gone {2}\(command\)$/m);
    expect(stdout).toContain('✔ claude  (default, needs no definition)  2.1.329 (Claude Code), in range');
    expect(stdout).toContain('  starts: claude -p ');
  });

  it('says that nobody is logged in, and that a version is too old', async () => {
    program(
      'claude',
      `case "$1" in --version) echo '2.1.400 (Claude Code)';; auth) echo '{"loggedIn":false}';; esac`,
    );
    program('codex', 'echo codex-cli 0.1.0');
    const all = await listed();
    expect(named(all, 'claude')?.problem).toContain('Nobody is logged in');
    expect(named(all, 'codex')).toMatchObject({ range: 'too-old' });
    expect(named(all, 'codex')?.problem).toContain('too old');
  });

  it('prints what docs/json-output.md says', async () => {
    configure('{ mine: { kind: command, command: [mine] }, script: { kind: scripted, script: s.yaml } }');
    worker('mine', FIT);
    await run(['agents', 'test', 'mine']);
    const { stdout } = await run(['agents', 'list', '--json']);
    const values = JSON.parse(stdout) as unknown[];
    expect(values.length).toBeGreaterThan(3);
    expect(values.map((value) => agentViewSchema.parse(value))).toEqual(values);
  });

  it('G30 shows no secret of a command line', async () => {
    configure('{ mine: { kind: command, command: [mine, --api-key, sk-12345678] } }');
    worker('mine', 'true');
    const { stdout } = await run(['agents']);
    expect(stdout).toContain("starts: mine --api-key '[api-key]'");
    expect(stdout).not.toContain('sk-12345678');
  });

  it('G31 says what is wrong with a configuration', async () => {
    configure('{ default: cluade }');
    const { code, stderr } = await run(['agents']);
    expect(code).toBe(1);
    expect(stderr).toContain('did you mean claude?');
  });
});

describe('tina agents test', () => {
  beforeEach(() => configure('{ mine: { kind: command, command: [mine], env: [MY_KEY] } }'));

  it('gives a real turn and tells each step; its result is kept', async () => {
    worker('mine', FIT);
    const { code, stdout, stderr } = await run(['agents', 'test', 'mine']);
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /✔ started .*\n.*✔ wrote .*\n.*✔ committed .*\n.*✔ reported {3}said hello\n.*- usage .*\n\nmine is fit/,
    );
    expect(code).toBe(0);
    expect(named(await listed(), 'mine')?.test).toMatchObject({
      isFit: true,
      isCurrent: true,
      version: 'mine 1.0',
    });
    expect((await run(['agents'])).stdout).toMatch(/tested: fit, \d{4}-/);
    const { stdout: examined } = await run(['doctor', '--json']);
    expect(examined).toMatch(/"tested: fit, \d{4}-/);
    expect(readdirSync(cli.root).filter((name) => name.startsWith('tina-trial-'))).toEqual([]);
  });

  it('a result is of that version and those settings alone', async () => {
    worker('mine', FIT);
    await run(['agents', 'test', 'mine']);
    program('mine', 'echo mine 2.0');
    const newer = named(await listed(), 'mine');
    expect(newer?.test).toMatchObject({ isCurrent: false });
    expect(newer?.next).toEqual(['tina agents test mine']);
    worker('mine', FIT);
    expect(named(await listed(), 'mine')?.test).toMatchObject({ isCurrent: true });
    configure('{ mine: { kind: command, command: [mine, --fast] } }');
    expect(named(await listed(), 'mine')?.test).toMatchObject({ isCurrent: false });
  });

  it('says what is missing, or the kind of error, and exits with 1', async () => {
    worker('mine', 'echo I would rather not');
    const lazy = await run(['agents', 'test', 'mine']);
    expect(lazy.code).toBe(1);
    expect(lazy.stdout).toContain('✖ wrote      hello.txt is not there');
    expect(lazy.stdout).toContain('mine is not fit, after');
    expect(lazy.stdout).toContain('next: tina agents test mine --model');
    worker('mine', 'echo no idea >&2; exit 4');
    const broken = await run(['agents', 'test', 'mine', '--json']);
    expect(broken.code).toBe(1);
    const values = broken.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(values.slice(0, -1).map((value) => Object.keys(value))).toEqual(
      Array.from({ length: 5 }, () => ['step']),
    );
    const { test } = values.at(-1) as { test: AgentTestView };
    expect(agentTestViewSchema.parse(test)).toEqual(test);
    expect(test).toMatchObject({
      isFit: false,
      error: { kind: 'crash', message: expect.stringContaining('no idea') },
    });
    expect((await run(['agents'])).stdout).toContain('tested: not fit (crash), ');
  });

  it('is bounded in time', async () => {
    worker('mine', 'sleep 60');
    const { code, stdout } = await run(['agents', 'test', 'mine', '--timeout', '1s']);
    expect(code).toBe(1);
    expect(stdout).toContain('mine is not fit: timeout');
  });

  it('tests it in the sandbox that it would work in', async (context) => {
    const needed = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--unshare-pid', 'true'];
    if (spawnSync('bwrap', needed).status !== 0) return context.skip('no bubblewrap that works');
    const outside = join(cli.root, 'outside');
    configure('{ mine: { kind: command, command: [mine], sandbox: { enabled: true } } }');
    worker('mine', `echo x > ${outside}; ${FIT}`);
    expect((await run(['agents', 'test', 'mine'])).code).toBe(0);
    expect(existsSync(outside)).toBe(false);
    expect((await run(['agents'])).stdout).toContain('starts: mine   (in a sandbox)');
  });

  it('ends at Ctrl-C, and keeps nothing then', async () => {
    worker('mine', 'sleep 60');
    const { code } = await run(['agents', 'test', 'mine'], {
      onOutput: (text, { ctrlC }) => {
        if (text.includes('started')) ctrlC();
      },
    });
    expect(code).toBe(130);
    expect(named(await listed(), 'mine')?.test).toBeNull();
  });

  it('G30 gives the agent the variables that it is configured to get, and no other', async () => {
    const seen = join(cli.root, 'seen');
    worker('mine', `env > ${seen}; ${FIT}`);
    await run(['agents', 'test', 'mine'], { env: { MY_KEY: 'for-this-agent', OTHER_KEY: 'for-nobody' } });
    const env = readFileSync(seen, 'utf8');
    expect(env).toContain('MY_KEY=for-this-agent');
    expect(env).not.toContain('for-nobody');
    const kept = readFileSync(join(cli.root, 'home', 'state', 'agent-tests.json'), 'utf8');
    expect(kept).not.toContain('for-this-agent');
  });

  it('G31 tries nothing that cannot work', async () => {
    const unknown = await run(['agents', 'test', 'mien']);
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain('There is no agent "mien"; did you mean mine?');
    const missing = await run(['agents', 'test', 'mine']);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('"mine" was not found in PATH');
    expect(existsSync(join(cli.root, 'home', 'state', 'agent-tests.json'))).toBe(false);
  });

  it('needs no daemon', async () => {
    worker('mine', FIT);
    await run(['agents', 'test', 'mine']);
    expect(existsSync(cli.socketPath)).toBe(false);
  });
});
