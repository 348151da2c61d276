import { describe, expect, it } from 'vitest';
import { attemptOf, findingOf, gateOf, known, phaseOf, reportOf, taskNamed, taskOf } from './lookup.ts';
import type { RunCommand } from './command.ts';
import { decide } from './decide/decide.ts';
import { failedJob } from './simulation/simulated-node.test-support.ts';
import { SimulatedRun } from './simulation/simulated-run.test-support.ts';

describe('a lookup', () => {
  const { state } = new SimulatedRun();

  it('finds what is there', () => {
    expect(known(0, 'zero')).toBe(0);
    expect(taskOf(state, 'r1-t1').name).toBe('validate-design');
    expect(attemptOf(state, 'r1-a1').taskId).toBe('r1-t1');
    expect(phaseOf(state, taskNamed(state, 'plan-phase-1')).number).toBe('1');
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'G04 G31 finds nothing by the name %s',
    (id) => {
      const base = { attemptId: id, epoch: 1 };
      const job = {
        ...known(new SimulatedRun().queue.values().next().value, 'job'),
        taskId: id,
        attemptId: id,
      };
      const refusals: readonly (readonly [RunCommand, string])[] = [
        [{ kind: 'retry', taskId: id }, 'no_such_task'],
        [{ kind: 'skip', taskId: id, reason: 'no' }, 'no_such_task'],
        [{ kind: 'approve', gateId: id, comment: null }, 'no_such_gate'],
        [{ kind: 'fire-task-timer', taskId: id }, 'stale_timer'],
        [{ kind: 'fire-attempt-timer', attemptId: id }, 'stale_timer'],
        [{ kind: 'lose-attempt', ...base, reason: 'gone' }, 'stale_attempt'],
        [{ kind: 'complete-job', job, outcome: failedJob('disk_full') }, 'stale_job'],
      ];
      for (const [command, code] of refusals) {
        const decision = decide(state, command, 0);
        expect(decision).toMatchObject({ ok: false, rejection: { code } });
      }
      expect(() => taskOf(state, id)).toThrow(`there is no task ${id}`);
    },
  );

  it('is loud about what is not', () => {
    expect(() => taskOf(state, 'r1-t99')).toThrow('there is no task r1-t99 in run r1');
    expect(() => taskNamed(state, 'dance')).toThrow('there is no task dance in run r1');
    expect(() => attemptOf(state, 'r1-a99')).toThrow('there is no attempt r1-a99 in run r1');
    expect(() => gateOf(state, 'r1-g1')).toThrow('there is no gate r1-g1 in run r1');
    expect(() => findingOf(state, 'r1-f1')).toThrow('there is no finding r1-f1 in run r1');
    expect(() => phaseOf(state, taskOf(state, 'r1-t1'))).toThrow('there is no phase of task r1-t1');
    expect(() => reportOf(attemptOf(state, 'r1-a1'), 'work')).toThrow(
      'there is no work report of attempt r1-a1',
    );
  });
});
