import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandAgentDefinition } from '@tina/contract';
import { describe, expect, it } from 'vitest';
import { adapterFor } from '../adapter/adapter-for.ts';
import { followSession } from '../testing/followed-session.ts';
import { makeLaunch, searchPath } from '../testing/make-launch.ts';
import { isRunning } from '../testing/process-group.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { commandAdapter } from './command-adapter.ts';
import { matching } from '../testing/matching.ts';

const env = { PATH: searchPath() };

function agent(changes: Partial<CommandAgentDefinition>): CommandAgentDefinition {
  return { kind: 'command', command: ['sh'], prompt: 'stdin', env: [], ...changes };
}

function script(folder: string, name: string, content: string, mode = 0o755): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${content}\n`);
  chmodSync(file, mode);
  return file;
}

describe('checking', () => {
  const check = async (changes: Partial<CommandAgentDefinition>, projectDirectory = '/'): Promise<unknown> =>
    await commandAdapter.check(agent(changes), { projectDirectory, env });

  it('has nothing to say of a program that is there and gets its prompt', async () => {
    expect(await check({})).toEqual([]);
    expect(
      await check({ prompt: 'argument', command: ['sh', '-c', 'echo "$1"', '--prompt={prompt}'] }),
    ).toEqual([]);
    expect(await check({ prompt: 'file', command: ['sh', '{promptFile}'] })).toEqual([]);
  });

  it('G31 names a program that is not there, and a prompt that nothing carries', async () => {
    expect(await check({ command: ['no-such-program'] })).toMatchObject([
      {
        message: matching(/"no-such-program" was not found in PATH/),
        next: [matching(/install no-such-program/)],
      },
    ]);
    expect(await check({ prompt: 'argument' })).toMatchObject([
      {
        message: matching(/no argument of its command holds \{prompt\}/),
        next: [matching(/add "\{prompt\}"/)],
      },
    ]);
    expect(await check({ prompt: 'file', command: ['./none', '{prompt}'] }, '/project')).toMatchObject([
      { message: matching(/holds \{promptFile\}/) },
      { message: matching(/was not found as \/project\/none/) },
    ]);
  });

  it('takes a program relative to the project, if it may be executed', async () => {
    const folder = temporaryFolder();
    script(folder, 'good', 'true');
    script(folder, 'bad', 'true', 0o644);
    mkdirSync(join(folder, 'folder'));
    expect(await check({ command: ['./good'] }, folder)).toEqual([]);
    expect(await check({ command: ['./bad'] }, folder)).toHaveLength(1);
    expect(await check({ command: ['./folder'] }, folder)).toHaveLength(1);
  });
});

describe('probing', () => {
  const probe = async (changes: Partial<CommandAgentDefinition>, projectDirectory = '/'): Promise<unknown> =>
    await commandAdapter.probe(agent(changes), { projectDirectory, env: { ...env, UNSET: undefined } });

  it('asks for the version', async () => {
    const folder = temporaryFolder();
    const program = script(folder, 'agent', 'echo "agent 1.2 ($1)"; echo more');
    const found = { isFound: true, program, problem: null, warning: null, next: [] };
    expect(await probe({ command: ['./agent'] }, folder)).toEqual({
      ...found,
      version: 'agent 1.2 (--version)',
    });
    const versionCommand = ['./agent', 'version'];
    expect(await probe({ command: ['./agent'], versionCommand }, folder)).toEqual({
      ...found,
      version: 'agent 1.2 (version)',
    });
  });

  it('G06 does not know the version of a program that does not tell', async () => {
    const folder = temporaryFolder();
    script(folder, 'failing', 'echo 1.2; exit 1');
    script(folder, 'silent', 'exit 0');
    expect(await probe({ command: ['./failing'] }, folder)).toMatchObject({ isFound: true, version: null });
    expect(await probe({ command: ['./silent'] }, folder)).toMatchObject({ isFound: true, version: null });
    expect(await probe({ versionCommand: ['no-such-program'] })).toMatchObject({
      isFound: true,
      version: null,
    });
  });

  it('says what to do when the program is not there', async () => {
    expect(await probe({ command: ['no-such-program'] })).toMatchObject({
      isFound: false,
      program: null,
      version: null,
      problem: matching(/not found/),
      next: [matching(/install/)],
    });
  });
});

it('makes paths absolute for a launch, and leaves names to PATH', () => {
  const context = { projectDirectory: '/project', env };
  const definition = agent({ command: ['./agent', './x'], versionCommand: ['bin/agent', '-v'] });
  expect(commandAdapter.forLaunch(definition, context)).toEqual({
    ...definition,
    command: ['/project/agent', './x'],
    versionCommand: ['/project/bin/agent', '-v'],
  });
  expect(commandAdapter.forLaunch(agent({}), context)).toEqual(agent({}));
});

it('fills in what the command asks for, once', async () => {
  const folder = temporaryFolder();
  const command = [
    'sh',
    '-c',
    'printf "%s|" "$@"',
    'sh',
    '{model} {role}',
    '{out}',
    '{promptFile}',
    '{prompt}',
    '{x}',
  ];
  const launch = makeLaunch(folder, agent({ command }));
  const { beginTurn, outcomeOf } = followSession(commandAdapter, launch);
  beginTurn(1, 'say {model}');
  const [out, file] = [join(launch.directory, 'out'), join(launch.directory, 'prompt-1.md')];
  const finalMessage = `haiku implementer|${out}|${file}|say {model}|{x}|`;
  expect(await outcomeOf(1)).toMatchObject({ kind: 'completed', report: null, finalMessage });
});

it('G31 says so when a prompt is too long for an argument', async () => {
  const launch = makeLaunch(
    temporaryFolder(),
    agent({ prompt: 'argument', command: ['sh', '-c', ':', '{prompt}'] }),
  );
  const { beginTurn, outcomeOf, events } = followSession(commandAdapter, launch);
  beginTurn(1, 'x'.repeat(128 * 1024));
  const message = matching(
    /An argument of 128 KiB is more than a program can be given\. Set prompt to stdin or file/,
  );
  expect(await outcomeOf(1)).toMatchObject({ kind: 'failed', error: { kind: 'crash', message } });
  expect(events).toHaveLength(1);
});

it('says so when a prompt cannot be an argument, or the worktree is gone', async () => {
  const definition = agent({ prompt: 'argument', command: ['sh', '-c', ':', '{prompt}'] });
  const nul = followSession(commandAdapter, makeLaunch(temporaryFolder(), definition));
  nul.beginTurn(1, 'a\0b');
  expect(await nul.outcomeOf(1)).toMatchObject({
    error: { kind: 'crash', message: matching(/could not be started/) },
  });
  const gone = followSession(commandAdapter, {
    ...makeLaunch(temporaryFolder(), agent({ command: ['/bin/sh'] })),
    worktree: '/no/such/folder',
  });
  gone.beginTurn(1, 'hello');
  expect(await gone.outcomeOf(1)).toMatchObject({
    error: { message: matching(/its folder \/no\/such\/folder is gone/) },
  });
});

it('G14 does not wait for a daemon that the agent left, and leaves it to the attempt’s settling', async () => {
  const leave = 'setsid sleep 300 >&1 & echo $! ; exit 0';
  const launch = makeLaunch(temporaryFolder(), agent({ command: ['sh', '-c', leave] }));
  const { beginTurn, outcomeOf, session } = followSession(commandAdapter, launch);
  beginTurn(1, 'Do it.');
  const outcome = await outcomeOf(1);
  await session.end({ graceMs: 100 });
  const pid = Number(outcome.kind === 'completed' ? outcome.finalMessage : 0);
  expect(isRunning(pid)).toBe(true);
  process.kill(pid, 'SIGKILL');
});

it('has one adapter for each kind', async () => {
  for (const kind of ['scripted', 'command', 'claude', 'codex'] as const)
    expect((await adapterFor(kind)).kind).toBe(kind);
});
