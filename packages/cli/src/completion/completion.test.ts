import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TinaError } from '@tina/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answers } from '../testing/fake-daemon.test-support.ts';
import { createTestCli, type TestCli } from '../testing/test-cli.test-support.ts';
import { makeAttempt, makeGate, makeRun, makeSummary, makeTask } from '../testing/views.test-support.ts';

let cli: TestCli;

beforeEach(() => {
  cli = createTestCli();
});

afterEach(() => cli.dispose());

async function complete(...words: string[]): Promise<string[]> {
  const { code, stdout } = await cli.run(['__complete', '--', ...words]);
  expect(code).toBe(0);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t')[0] ?? '');
}

const answers: Answers = {
  'run.list': () => [makeSummary()],
  'run.get': () =>
    makeRun({
      tasks: [makeTask({ name: 'plan-phase-1' }), makeTask({ name: 'phase-1-task-1' })],
      attempts: [makeAttempt({ id: 'r1-a4' })],
    }),
  'gate.list': () => [makeGate()],
};

describe('completions', () => {
  it('proposes commands with what they do', async () => {
    expect(await complete('st')).toEqual(['status']);
    expect((await cli.run(['__complete', '--', 'st'])).stdout).toBe('status\tShow where a run stands\n');
    expect(await complete('')).not.toContain('__complete');
    expect(await complete('daemon', 's')).toEqual(['start', 'stop', 'status']);
    expect(await complete('agents', 't')).toEqual(['test']);
    expect(await complete('agents', 'test', 'cl')).toEqual(['claude']);
    expect(await complete('completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']));
  });

  it('proposes options and their values', async () => {
    expect(await complete('orchestrate', 'd.md', '--fi')).toEqual(['--finalize']);
    expect(await complete('orchestrate', 'd.md', '--finalize', '')).toEqual([
      'ask',
      'merge',
      'pr',
      'keep',
      'discard',
    ]);
  });

  it('proposes runs, tasks, attempts and gates', async () => {
    await cli.serve(answers);
    expect(await complete('status', 'ra')).toEqual(['rate-limits']);
    expect(await complete('wait', 'r1')).toEqual(['r1']);
    expect(await complete('retry', 'rate-limits/p')).toEqual([
      'rate-limits/plan-phase-1',
      'rate-limits/phase-1-task-1',
    ]);
    expect(await complete('logs', 'r')).toEqual(['r1-a4']);
    expect(await complete('approve', '')).toContain('r1-g1');
  });

  it('proposes runs that ended when none is active', async () => {
    await cli.serve({
      ...answers,
      'run.list': ({ active }: { active?: boolean }) => (active ? [] : [makeSummary({ id: 'r0' })]),
    });
    expect(await complete('status', 'r0')).toEqual(['r0']);
  });

  it('starts no daemon, and proposes nothing without one or with one that refuses', async () => {
    expect(await complete('status', 'r')).toEqual([]);
    await cli.serve({
      'run.list': () => {
        throw new TinaError({ code: 'x', message: 'no' });
      },
    });
    expect(await complete('status', 'r')).toEqual([]);
    expect(await complete('no-such-command', '')).toEqual([]);
  });
});

describe('scripts', () => {
  it.each(['bash', 'zsh', 'fish'])('for %s calls the program', async (shell) => {
    const { code, stdout } = await cli.run(['completion', shell]);
    expect(code).toBe(0);
    expect(stdout).toContain('tina __complete');
  });

  it('completes in bash', async () => {
    const { stdout: script } = await cli.run(['completion', 'bash']);
    const bin = join(cli.root, 'bin');
    mkdirSync(bin);
    // Stands for the program: proposes what it was asked with.
    writeFileSync(
      join(bin, 'tina'),
      '#!/bin/sh\nshift 2\nprintf "%s\\twhat it is\\n" "asked-$(printf %s "$*" | tr " " _)"\n',
    );
    chmodSync(join(bin, 'tina'), 0o755);
    const test = [
      script,
      'COMP_WORDS=(tina status "ra"); COMP_CWORD=2; _tina; echo "${COMPREPLY[@]}"',
      'COMP_WORDS=(tina ""); COMP_CWORD=1; _tina; echo "${COMPREPLY[@]}"',
    ].join('\n');
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };
    expect(execFileSync('bash', ['-c', test], { env, encoding: 'utf8' })).toBe('asked-status_ra\nasked-\n');
  });

  it('completes files in bash where nothing is proposed', async () => {
    const { stdout: script } = await cli.run(['completion', 'bash']);
    writeFileSync(join(cli.root, 'my design.md'), '');
    const test = `${script}\ntina() { :; }\nCOMP_WORDS=(tina orchestrate my); COMP_CWORD=2; _tina; printf "%s\\n" "\${COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', test], { cwd: cli.root, encoding: 'utf8' })).toBe('my design.md\n');
  });
});
