import { expect, it } from 'vitest';
import { evolve, initialState } from './evolve/evolve.ts';
import { runStatus } from './run-status.ts';
import { SimulatedRun } from './simulation/simulated-run.test-support.ts';

it('is finalizing until the last event, which completes the run', () => {
  const { events } = new SimulatedRun().toRest();
  const [created, ...rest] = events;
  if (!created) throw new Error('no events');
  const last = rest.findIndex((event) => event.type === 'run.completed');
  const before = rest.slice(0, last).reduce(evolve, initialState(created));
  expect(runStatus(before)).toBe('finalizing');
  expect(runStatus(rest.reduce(evolve, initialState(created)))).toBe('complete');
});
