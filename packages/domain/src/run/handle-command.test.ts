import { describe, expect, it } from 'vitest';
import type { RunCommand } from './command.ts';
import { handleCommand } from './handle-command.ts';
import { applyStepRule, stepContext } from './schedule/context.ts';
import { SimulatedRun } from './simulation/simulated-run.test-support.ts';
import { taskNamed } from './lookup.ts';

describe('a command', () => {
  it('leads to the same when it is decided again', () => {
    const { state } = new SimulatedRun();
    const cancel: RunCommand = { kind: 'cancel', reason: null };
    expect(handleCommand(state, cancel, 5)).toEqual(handleCommand(state, cancel, 5));
  });

  it('numbers its events, and names the one that causes each effect', () => {
    const run = new SimulatedRun();
    const { revision } = run.state;
    const handled = handleCommand(run.state, { kind: 'cancel', reason: 'no' }, 7);
    expect(handled).toMatchObject({
      ok: true,
      events: [
        { type: 'run.cancel_requested', runId: 'r1', number: revision + 1, at: 7 },
        { type: 'attempt.cancelled', number: revision + 2 },
        { type: 'attempt.settling', number: revision + 3 },
      ],
      effects: [
        { kind: 'withdraw', jobId: 'r1-j1', causedBy: revision + 2 },
        { kind: 'enqueue', job: { kind: 'settle-attempt' }, causedBy: revision + 3 },
      ],
    });
  });

  it('of no known kind is loud', () => {
    const { state } = new SimulatedRun();
    expect(() => handleCommand(state, { kind: 'dance' } as never, 0)).toThrow(
      'unexpected value {"kind":"dance"}',
    );
  });
});

describe('a task at a step that its kind does not have', () => {
  it('is loud', () => {
    const { state } = new SimulatedRun();
    const context = stepContext(state, taskNamed(state, 'validate-design'), 0);
    expect(() => applyStepRule({}, context)).toThrow(
      'there is no rule for task r1-t1 of kind validate-design at step validate',
    );
  });
});
