import type { RunView } from '@tina/contract';
import { describe, expect, it } from 'vitest';
import { NOW } from '../testing/time.test-support.ts';
import { ago, done, makePhaseTasks, makeRun, makeTask, makeUsage } from '../testing/views.test-support.ts';
import { renderSummary } from './render-summary.ts';

const phase = (number: string, title: string | null, remediates: string | null = null) => ({
  number,
  title,
  remediates,
  startCommit: null,
  endCommit: null,
});

const ended = makeRun({
  status: 'complete',
  endedAt: ago(0),
  phases: [phase('1', 'Parser'), phase('1.5', null, '1'), phase('2', 'Printer')],
  tasks: [
    makeTask({ kind: 'validate-design', phase: null, ...done(125, 4) }),
    makeTask({ kind: 'setup-worktree', phase: null, ...done(121, 1) }),
    ...makePhaseTasks('1', { plan: done(120, 13), execute: done(107, 40), review: done(67, 8) }, [
      done(107, 12),
      done(95, 20),
    ]),
    ...makePhaseTasks('1.5', { plan: done(59, 3), execute: done(56, 8), review: done(48, 2) }, [done(56, 8)]),
    ...makePhaseTasks('2', { plan: done(46, 5), execute: done(41, 30), review: done(11, 4) }, [
      done(41, 30),
      { name: 'phase-2-task-2', status: 'skipped', skipReason: 'not wanted any more' },
    ]),
    makeTask({ kind: 'finalize', phase: null, ...done(7, 2) }),
  ],
});

const commits = [
  { commit: 'a1b2c3d4e5f60718293a4b5c6d7e8f9001122334', subject: 'Add the tokenizer', author: 'A', at: 0 },
  {
    commit: 'b2c3d4e5f60718293a4b5c6d7e8f900112233445',
    subject: 'Add the \u001B[31mprinter',
    author: 'A',
    at: 0,
  },
];

function summary(fields: Partial<RunView>, withCommits: typeof commits | null = commits): string {
  const options = { colour: false, unicode: true, width: null, now: NOW, commits: withCommits };
  return `\n${renderSummary(makeRun({ ...ended, ...fields }), options).join('\n')}\n`;
}

describe('renderSummary', () => {
  it('says what was used, where agents tell it', () => {
    const known = (amount: number) => ({ known: amount, isAtLeast: false });
    const usage = makeUsage({ turns: 9, tokens: known(412_000), costUsd: known(3), costToldUsd: known(3) });
    expect(summary({ usage })).toContain('\nused 9 turns, 412k tokens, $3.00\n');
    expect(summary({})).not.toContain('used');
  });

  it.each([80, 40, 30])('fits %d columns', (width) => {
    const phases = ended.phases.map((one) => ({
      ...one,
      title: 'A title that is rather long for a table row',
    }));
    const options = { colour: false, unicode: true, width, now: NOW, commits: null };
    const lines = renderSummary(makeRun({ ...ended, phases }), options);
    const from = lines.findIndex((line) => line.startsWith('STEP'));
    const steps = lines.slice(from, lines.indexOf('', from));
    expect(steps).toHaveLength(7);
    for (const line of steps) expect(line.length).toBeLessThanOrEqual(width);
    expect(steps[0]?.includes('REVIEW')).toBe(width === 80);
    expect(steps[3]).toMatch(/^Phase 1 A ti.*…  2 of 2 .*1m01s$/);
  });

  it('says what came of the run, how long each step took, its commits and what to type', () => {
    const ending = { kind: 'merged', commit: 'x', baseBranch: 'main', checkout: 'updated' };
    expect(summary({ ending })).toMatchInlineSnapshot(`
      "
      rate-limits is merged into main  2m05s

      STEP             TASKS   PLAN  EXECUTE  REVIEW  TOOK
      validate design                                 4s
      set up worktree                                 1s
      Phase 1 Parser   2 of 2  13s   40s      8s      1m01s
      Phase 1.5        1 of 1  3s    8s       2s      13s
      Phase 2 Printer  1 of 2  5s    30s      4s      39s
      finalize                                        2s

      skipped phase-2-task-2: not wanted any more

      2 commits on main
        a1b2c3d4e5 Add the tokenizer
        b2c3d4e5f6 Add the printer

      next: git log --oneline 1111111111..main
            tina cleanup r1
      "
    `);
  });

  it.each([
    [
      { kind: 'pull-request', url: 'https://example.org/pull/7', next: [] },
      'rate-limits is at https://example.org/pull/7',
    ],
    [{ kind: 'pull-request', url: null, next: ['gh pr create'] }, 'rate-limits waits for its pull request'],
    [{ kind: 'pull-request', url: null, next: ['gh pr create'] }, 'next: gh pr create'],
    [{ kind: 'kept', branch: 'tina/rate-limits' }, 'rate-limits is done and kept on tina/rate-limits'],
    [{ kind: 'kept', branch: 'tina/rate-limits' }, 'next: git diff main...tina/rate-limits'],
    [{ kind: 'discarded', rescueRef: 'refs/tina/runs/r1' }, 'next: git log refs/tina/runs/r1'],
    [{ kind: 'discarded', rescueRef: null }, 'next: tina cleanup r1'],
    [{ kind: 'cancelled', reason: 'wrong approach' }, 'rate-limits is cancelled: wrong approach'],
    [
      { kind: 'cancelled', reason: null },
      'next: tina orchestrate docs/rate-limits-design.md --new --feature <other name>',
    ],
  ])('tells endings apart: %j', (ending, text) => {
    expect(summary({ ending }, null)).toContain(text);
  });

  it('says what to type when the run is blocked', () => {
    const next = ['tina retry r1-t1', 'tina cancel r1'];
    const block = { taskId: 'r1-t1', taskName: 'a', code: 'x', message: 'No.', output: null, next };
    const text = summary({ status: 'blocked', endedAt: null, blocked: [block, block] }, null);
    expect(text).toContain('rate-limits is blocked  2m05s');
    expect(text).toContain('next: tina retry r1-t1\n      tina cancel r1\n      tina status r1\n');
  });

  it('breaks the subjects of commits between words where the terminal is narrow', () => {
    const subject = 'Greet in English, German and Polish';
    const options = { colour: false, unicode: true, width: 40, now: NOW };
    const lines = renderSummary(makeRun(ended), { ...options, commits: [{ ...commits[0]!, subject }] });
    const at = lines.findIndex((line) => line.includes('Greet in'));
    expect(lines.slice(at, at + 2)).toEqual([
      `  ${commits[0]!.commit.slice(0, 10)} Greet in English, German`,
      '             and Polish',
    ]);
  });

  it('counts the commits that it does not list', () => {
    const many = Array.from({ length: 15 }, (_, index) => ({ ...commits[0]!, subject: `Commit ${index}` }));
    const text = summary({ ending: { kind: 'kept', branch: 'tina/rate-limits' } }, many);
    expect(text).toContain('15 commits on tina/rate-limits');
    expect(text).toContain('… and 3 more');
  });
});
