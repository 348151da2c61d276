import type { RunView } from '@tina/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { NOW } from '../testing/time.test-support.ts';
import {
  ago,
  done,
  makeAttempt,
  makeFinding,
  makeGate,
  makeRun,
  makeTask,
} from '../testing/views.test-support.ts';
import { describeChanges } from './changes.ts';

beforeAll(() => {
  process.env['TZ'] = 'UTC';
});

const task = makeTask({ id: 'r1-t1', name: 'phase-1-task-1', title: 'Tokenizer' });

/** What is said from one view of the run to the next. */
function changes(before: Partial<RunView>, after: Partial<RunView>): string[] {
  return describeChanges(makeRun(before), makeRun(after), NOW);
}

describe('describeChanges', () => {
  it('begins with where the run stands, and what waits', () => {
    const tasks = [{ ...task, ...done(10, 5) }, makeTask()];
    expect(describeChanges(null, makeRun({ tasks, gates: [makeGate()] }), NOW)).toEqual([
      'run r1 (rate-limits) is executing: 1 of 2 tasks done',
      'waits for you at gate r1-g1: Is the plan of phase 1 what you want?',
      '  tina approve r1-g1',
      '  tina reject r1-g1 --comment "..."',
    ]);
  });

  it('says nothing when nothing that matters changed', () => {
    expect(changes({ tasks: [task] }, { tasks: [task], revision: 43, asOf: NOW + 5 })).toEqual([]);
    expect(changes({ tasks: [task] }, { tasks: [{ ...task, status: 'ready' }] })).toEqual([]);
  });

  it.each([
    ['completes', { ...done(20, 8) }, 'phase-1-task-1 (Tokenizer) completed in 8s'],
    ['is skipped', { status: 'skipped' }, 'phase-1-task-1 (Tokenizer) skipped'],
    ['is cancelled', { status: 'cancelled' }, 'phase-1-task-1 (Tokenizer) cancelled'],
    [
      'blocks',
      { status: 'blocked', block: { code: 'x', message: 'It failed twice.', output: null, next: [] } },
      'phase-1-task-1 (Tokenizer) blocked: It failed twice.',
    ],
    [
      'merges',
      { status: 'in_progress', step: 'merge', waitsFor: 'job' },
      'phase-1-task-1 (Tokenizer) merges',
    ],
    [
      'fails and tries again',
      { status: 'in_progress', step: 'implement', waitsFor: 'timer', retryAt: NOW + 5_000 },
      'phase-1-task-1 (Tokenizer) failed; tries again at 12:00:05',
    ],
  ] as const)('says when a task %s', (_what, fields, line) => {
    expect(changes({ tasks: [task] }, { tasks: [{ ...task, ...fields } as typeof task] })).toEqual([line]);
  });

  it('says what came of a step of the run', () => {
    const plan = makeTask({ name: 'plan-phase-1', kind: 'plan-phase', title: 'Plan of phase 1' });
    const planned = { ...plan, ...done(9, 3), result: { kind: 'planned', document: 'x', tasks: 3 } };
    expect(changes({ tasks: [plan] }, { tasks: [planned] })).toEqual([
      'plan-phase-1 completed in 3s: 3 tasks',
    ]);
  });

  it('says what agents do', () => {
    const attempt = makeAttempt({ model: 'opus', number: 2 });
    const starting = { ...attempt, status: 'starting' } as const;
    const parked = { ...attempt, status: 'parked', parkedUntil: NOW + 60_000 } as const;
    const failed = {
      ...attempt,
      status: 'failed',
      failure: { kind: 'crash', message: 'exit code 1' },
    } as const;
    const lost = { ...attempt, status: 'lost' } as const;
    expect(changes({}, { attempts: [starting] })).toEqual([]);
    expect(changes({ attempts: [starting] }, { attempts: [attempt] })).toEqual([
      'phase-1-task-1 implementer r1-a1 started (scripted opus, attempt 2)',
    ]);
    expect(changes({ attempts: [attempt] }, { attempts: [parked] })).toEqual([
      'phase-1-task-1 implementer r1-a1 parked until 12:01:00',
    ]);
    expect(changes({ attempts: [parked] }, { attempts: [attempt] })).toEqual([
      'phase-1-task-1 implementer r1-a1 goes on',
    ]);
    expect(changes({ attempts: [attempt] }, { attempts: [failed] })).toEqual([
      'phase-1-task-1 implementer r1-a1 failed: exit code 1',
    ]);
    expect(changes({ attempts: [attempt] }, { attempts: [lost] })).toEqual([
      'phase-1-task-1 implementer r1-a1 lost',
    ]);
    expect(changes({ attempts: [attempt] }, { attempts: [{ ...attempt, status: 'succeeded' }] })).toEqual([]);
  });

  it('says it without what is not known', () => {
    const attempt = makeAttempt({ role: 'reviewer', number: 2, status: 'running' });
    const parked = { ...attempt, status: 'parked', parkedUntil: null } as const;
    const unnamed = makeTask({ id: 'r1-t7', name: 'phase-1-task-7', title: '', startedAt: null });
    expect(changes({}, { attempts: [attempt] })).toEqual([
      'phase-1-task-1 reviewer r1-a1 started (scripted)',
    ]);
    expect(changes({ attempts: [attempt] }, { attempts: [parked] })).toEqual([
      'phase-1-task-1 reviewer r1-a1 parked',
    ]);
    expect(changes({ tasks: [unnamed] }, { tasks: [{ ...unnamed, status: 'completed' }] })).toEqual([
      'phase-1-task-7 completed',
    ]);
    const waived = makeFinding({ status: 'waived', file: null });
    expect(changes({ findings: [makeFinding()] }, { findings: [waived] })).toEqual(['finding r1-f1 waived']);
    expect(changes({}, { findings: [waived] })).toEqual([]);
    expect(changes({}, { findings: [makeFinding({ line: null })] })).toEqual([
      'finding r1-f1 (major) src/limit.ts No limit per user',
    ]);
    const phase = { number: '2', title: null, remediates: null, startCommit: null, endCommit: null };
    expect(changes({}, { phases: [phase] })).toEqual(['phase 2 added']);
  });

  it('leaves gates and agents to speak for themselves', () => {
    const working = { ...task, status: 'in_progress', step: 'approve', startedAt: ago(3) } as const;
    expect(changes({ tasks: [task] }, { tasks: [{ ...working, waitsFor: 'gate', gateId: 'g' }] })).toEqual(
      [],
    );
    expect(changes({ tasks: [task] }, { tasks: [{ ...working, waitsFor: 'attempt' }] })).toEqual([]);
    expect(changes({ tasks: [working] }, { tasks: [working] })).toEqual([]);
  });

  it('says which gaps were found and closed, and that a phase was added for them', () => {
    const phase = { number: '1.5', title: null, remediates: '1', startCommit: null, endCommit: null };
    const finding = makeFinding();
    expect(changes({}, { findings: [finding], phases: [phase] })).toEqual([
      'phase 1.5 added: closes the gaps of phase 1',
      'finding r1-f1 (major) src/limit.ts:12 No limit per user',
    ]);
    const closed = { ...finding, status: 'closed', closedBecause: 'the limit is there' } as const;
    expect(changes({ findings: [finding] }, { findings: [closed] })).toEqual([
      'finding r1-f1 closed: the limit is there',
    ]);
  });

  it('says when the run needs somebody, and what to type', () => {
    const block = { taskId: 'r1-t1', taskName: 'phase-1-task-1', code: 'x', message: 'No.', output: null };
    const blocked = [{ ...block, next: ['tina retry r1-t1'] }];
    expect(changes({}, { status: 'blocked', blocked })).toEqual([
      'run is blocked',
      'phase-1-task-1 needs you: No.',
      '  tina retry r1-t1',
    ]);
    expect(changes({ status: 'blocked', blocked }, { status: 'blocked', blocked })).toEqual([]);
  });

  it('says when a run was paused', () => {
    expect(changes({}, { status: 'paused' })).toEqual(['run is paused']);
    expect(
      changes({ tasks: [{ ...task, startedAt: ago(4), status: 'in_progress' }] }, { tasks: [] }),
    ).toEqual([]);
  });
});
