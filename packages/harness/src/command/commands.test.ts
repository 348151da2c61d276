import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFacts, makeRun } from '../play/facts.test-support.ts';
import { keepResults } from '../result/result-store.ts';
import type { ScenarioResult } from '../result/scenario-result.ts';
import { summarise } from '../result/summary.ts';
import { timelineOf } from '../result/timeline.ts';
import { metricsOf } from '../expectation/metrics.ts';
import { chooseAgent } from './choose-agent.ts';
import { harness, readArguments } from './harness.ts';
import type { HarnessIo } from './io.ts';
import { noticeLine, resultLines, summaryLines } from './play-log.ts';
import { createStyle } from './style.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tina-harness-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const printed = { out: '', err: '' };
  const io: HarnessIo = {
    cwd: folder,
    env: {},
    out: (text) => (printed.out += text),
    err: (text) => (printed.err += text),
    colour: false,
    signal: new AbortController().signal,
  };
  const code = await harness(readArguments([...args, '--state', join(folder, 'state')]), io);
  return { code, ...printed };
}

function makeResult(given: Partial<ScenarioResult> = {}): ScenarioResult {
  const made = makeRun('single-phase');
  const startedAt = made.ledger.createdAt - 400;
  return {
    scenario: 'single-phase',
    title: 'One',
    repetition: 1,
    agent: 'scripted',
    startedAt,
    durationMs: 2000,
    asExpected: true,
    isMeantToComplete: true,
    isFinishedUnaided: true,
    runs: [timelineOf(made, startedAt)],
    metrics: metricsOf(made, makeFacts(made)),
    notices: [],
    faults: [],
    failures: [],
    folder: null,
    ...given,
  };
}

describe('the commands', () => {
  it('list every scenario with how it ends', async () => {
    const { code, out } = await run('list');
    expect(code).toBe(0);
    expect(out).toMatch(/^zero-changes +blocked +\S/m);
    expect(out).toMatch(/^nothing-installed +not launched +\S/m);
  });

  it('make a scenario, and never over another', async () => {
    expect((await run('new', 'mine')).code).toBe(0);
    expect(await readFile(join(folder, 'mine', 'scenario.yaml'), 'utf8')).toContain('feature: mine');
    expect(await run('new', 'mine')).toMatchObject({ code: 1 });
    expect(await run('new', 'Not A Name')).toMatchObject({ code: 2 });
  });

  it('draw what was played last', async () => {
    expect((await run('report')).err).toContain('next: tina harness run --all');
    await keepResults(join(folder, 'state'), [makeResult()]);
    const { code, out } = await run('report', '--out', 'r.html', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      report: join(folder, 'r.html'),
      summary: { plays: 1, asExpected: 1 },
    });
    expect(await readFile(join(folder, 'r.html'), 'utf8')).toContain('phase-1-task-2');
  });

  it('refuse what they do not understand', async () => {
    expect(await run('run')).toMatchObject({ code: 2 });
    expect(await run('run', 'single-phase', '--all')).toMatchObject({ code: 2 });
    expect((await run('sing')).err).toContain('There is no command "sing"');
    expect((await run('run', './none', '--json')).err).toMatch(/^\{"error":\{"code":"unknown_scenario"/);
  });
});

describe('an agent', () => {
  it('is scripted, unless another is named that the user has configured', async () => {
    const env = { HOME: '/srv/user', PATH: '/bin', TINA_HOME: '/srv/tina' };
    const options = { userConfigPath: join(folder, 'config.yaml') };
    expect(await chooseAgent(undefined, { env }, options)).toEqual({ kind: 'scripted' });
    await expect(chooseAgent('mine', { env }, options)).rejects.toMatchObject({ code: 'no_agent' });
    await run('new', 'mine');
    const userConfigPath = join(folder, 'mine', 'config.yaml');
    expect(await chooseAgent('mine', { env }, { userConfigPath })).toMatchObject({
      kind: 'configured',
      env: { HOME: '/srv/user' },
      userConfig: expect.stringContaining('retries'),
    });
  });
});

describe('what is printed', () => {
  const style = createStyle(false);

  it('tells milestones, setbacks and anomalies apart', () => {
    const line = (kind: 'milestone' | 'setback' | 'anomaly'): string =>
      noticeLine({ kind, code: 'x', afterMs: 1234, runId: 'r', text: 'it happened' }, style);
    expect(line('milestone')).toBe('     1.2 s    it happened\n');
    expect(line('setback')).toBe('     1.2 s  · it happened\n');
    expect(line('anomaly')).toBe('     1.2 s  ! it happened\n');
  });

  it('says of a failure whose it is, what it is seen by, and what to type', () => {
    const failure = {
      category: 'outcome',
      message: 'status: expected complete, found blocked',
      evidence: [{ title: 'what was found', lines: ['one', 'two'] }],
      next: ['tina harness run x --keep'],
    } as const;
    expect(resultLines(makeResult({ failures: [failure], folder: '/srv/kept' }), style).split('\n')).toEqual([
      'FAIL (outcome) status: expected complete, found blocked',
      '     what was found:',
      '       one',
      '       two',
      'next: tina harness run x --keep',
      'kept: cd /srv/kept/repo && export TINA_HOME=/srv/kept/home && tina status',
      '',
    ]);
    expect(resultLines(makeResult(), style)).toBe('ok complete after 2.0 s, as expected\n');
  });

  it('ends with shares, durations and categories', () => {
    const failed = makeResult({
      asExpected: false,
      isFinishedUnaided: false,
      failures: [{ category: 'agent' } as never],
    });
    expect(summaryLines(summarise([makeResult(), failed]), style).split('\n')).toEqual([
      '1 of 2 as expected',
      '1 of 2 that are meant to end complete did so without a manual edit (50 %)',
      'durations: p50 2.0 s, p99 2.0 s; anomalies: 0',
      'failures: 1 agent',
      '',
    ]);
  });
});
