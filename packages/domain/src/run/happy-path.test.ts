import { describe, expect, it } from 'vitest';
import { SimulatedRun } from './simulation/simulated-run.test-support.ts';

describe('a run whose agents do well', () => {
  it('goes through two phases to the merge', () => {
    const run = new SimulatedRun({ phases: 2 }).toRest();
    expect(run.status).toBe('complete');
    run.assertReplay();
  });
});
