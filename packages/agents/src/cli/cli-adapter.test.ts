import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claudeAdapter } from '../claude/claude-adapter.ts';
import { codexAdapter } from '../codex/codex-adapter.ts';
import { searchPath } from '../testing/make-launch.ts';
import { matching } from '../testing/matching.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

const env = { PATH: searchPath() };

function program(name: string, script: string): { readonly folder: string; readonly command: [string] } {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
  return { folder, command: [`./${name}`] };
}

const claude = async (script: string): Promise<unknown> => {
  const { folder, command } = program('claude', script);
  return await claudeAdapter.probe(
    { kind: 'claude', command, args: [], env: [] },
    { projectDirectory: folder, env },
  );
};

const codex = async (script: string): Promise<unknown> => {
  const { folder, command } = program('codex', script);
  return await codexAdapter.probe(
    { kind: 'codex', command, args: [], env: [] },
    { projectDirectory: folder, env },
  );
};

describe('probing', () => {
  it('takes a version in its range, with somebody logged in', async () => {
    const script =
      'if [ "$1" = auth ]; then echo \'{"loggedIn": true}\'; else echo "2.1.329 (Claude Code)"; fi';
    expect(await claude(script)).toMatchObject({
      isFound: true,
      version: '2.1.329 (Claude Code)',
      problem: null,
      warning: null,
    });
    const codexScript = '[ "$1" = login ] || echo "codex-cli 0.169.0"';
    expect(await codex(codexScript)).toMatchObject({
      version: 'codex-cli 0.169.0',
      problem: null,
      warning: null,
    });
  });

  it('refuses one that is too old, with what to type', async () => {
    expect(await claude('echo 2.0.1')).toMatchObject({
      problem: matching(/2\.0\.1 is too old: Tina needs 2\.1\.0/),
      next: ['npm install -g @anthropic-ai/claude-code'],
    });
    expect(await codex('echo codex-cli 0.150.0')).toMatchObject({ problem: matching(/too old/) });
  });

  it('warns of one that nobody has tried, and of one that tells no version', async () => {
    expect(await codex('[ "$1" = login ] || echo codex-cli 0.201.3')).toMatchObject({
      problem: null,
      warning: matching(/0\.201\.3 is newer than what Tina was tried with \(0\.169\.0\)/),
    });
    expect(await codex('[ "$1" = login ]')).toMatchObject({
      problem: null,
      warning: matching(/does not tell its version/),
    });
  });

  it('G15 refuses one without a login, with the command to type', async () => {
    const script = 'if [ "$1" = auth ]; then echo \'{"loggedIn": false}\'; exit 1; else echo 2.1.400; fi';
    expect(await claude(script)).toMatchObject({
      isFound: true,
      problem: 'Nobody is logged in to Claude Code.',
      next: ['claude auth login'],
    });
    expect(await claude('if [ "$1" = auth ]; then echo what; else echo 2.1.400; fi')).toMatchObject({
      problem: null,
    });
  });

  it('does not ask one for its login that could take the question for a prompt', async () => {
    expect(await claude('[ "$1" = --version ] && echo 2.1.200 || touch asked')).toMatchObject({
      problem: null,
    });
  });

  it('warns of a Codex without a login: a provider of the user’s own needs none', async () => {
    expect(await codex('[ "$1" = login ] && exit 1; echo codex-cli 0.169.0')).toMatchObject({
      problem: null,
      warning: matching(/Nobody is logged in to Codex/),
      next: ['codex login'],
    });
  });
});

it('G31 names a program that is not there', async () => {
  const definition = { kind: 'claude', command: ['no-such-program'], args: [], env: [] } as const;
  const missing = { ...definition, command: [...definition.command], args: [], env: [] };
  const context = { projectDirectory: '/', env };
  expect(await claudeAdapter.check(missing, context)).toMatchObject([
    {
      message: 'Claude Code\'s program "no-such-program" was not found in PATH, or may not be executed.',
      next: [matching(/^npm install/), matching(/configuration/)],
    },
  ]);
  expect(await claudeAdapter.probe(missing, context)).toMatchObject({
    isFound: false,
    problem: matching(/not found/),
  });
  expect(await claudeAdapter.check({ ...missing, command: ['sh'] }, context)).toEqual([]);
});

it('makes the program’s path absolute for a launch, and leaves names to PATH', () => {
  const context = { projectDirectory: '/project', env };
  const forLaunch = (command: string[]): readonly string[] =>
    codexAdapter.forLaunch({ kind: 'codex', command, args: ['./x'], env: [] }, context).command;
  expect(forLaunch(['bin/codex', './y'])).toEqual(['/project/bin/codex', './y']);
  expect(forLaunch(['codex'])).toEqual(['codex']);
});
