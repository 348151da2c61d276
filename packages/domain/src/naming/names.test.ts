import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as names from './names.ts';

describe('the names of', () => {
  it("a run's tasks are those of the pipeline", () => {
    expect(names.FINALIZE_TASK_NAME).toBe('finalize');
    expect([names.planTaskName('1'), names.executeTaskName('1.5'), names.reviewTaskName('2')]).toEqual([
      'plan-phase-1',
      'execute-phase-1.5',
      'review-phase-2',
    ]);
    expect(names.phaseTaskName('1.5', 2)).toBe('phase-1.5-task-2');
  });

  it('teams carry the feature', () => {
    expect(names.orchestrationTeam('shelf')).toBe('shelf-orchestration');
    expect(names.phaseTeam('shelf', '1')).toBe('shelf-phase-1');
  });

  it('branches and refs carry the feature or the id', () => {
    expect(names.runBranch('shelf')).toBe('tina/shelf');
    expect(names.attemptBranch('r1-a2')).toBe('tina-attempt/r1-a2');
    expect(names.attemptRescueRef('r1-a2')).toBe('refs/tina/attempts/r1-a2');
    expect(names.runRescueRef('r1')).toBe('refs/tina/runs/r1');
  });

  it('sessions and slots are made here too', () => {
    expect(names.sessionName('r1-a2')).toBe('tina-r1-a2');
    expect(names.slotDirectory(3)).toBe('slot-3');
  });
});

describe('a phase', () => {
  it('is remediated by the one half a step deeper', () => {
    expect(names.remediationPhase('1')).toBe('1.5');
    expect(names.remediationPhase('1.5')).toBe('1.5.5');
  });

  it('knows its depth and the phase of the design it belongs to', () => {
    expect(['1', '1.5', '12.5.5'].map(names.remediationDepth)).toEqual([0, 1, 2]);
    expect(['1', '1.5', '12.5.5'].map(names.mainPhase)).toEqual(['1', '1', '12']);
  });

  it('belongs to the same phase of the design as its remediation, at any depth', () => {
    const phase = fc
      .tuple(fc.integer({ min: 1, max: 99 }), fc.nat(4))
      .map(([number, depth]) => `${number}${'.5'.repeat(depth)}`);
    fc.assert(
      fc.property(phase, (phase) => {
        const remediation = names.remediationPhase(phase);
        expect(names.remediationDepth(remediation)).toBe(names.remediationDepth(phase) + 1);
        expect(names.mainPhase(remediation)).toBe(names.mainPhase(phase));
      }),
      { numRuns: 100 },
    );
  });
});
