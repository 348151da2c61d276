import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../event.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';
import { evolve, initialState } from './evolve.ts';

const run = new SimulatedRun();
const [created, second] = run.events;
if (!created || !second) throw new Error('a run begins with events');

describe('folding events', () => {
  it('begins with run.created, number 1', () => {
    expect(initialState(created)).toMatchObject({ id: 'r1', revision: 1, control: 'active' });
    expect(() => initialState(second)).toThrow(
      'a run begins with run.created, not with team.created number 2',
    );
    const late: RecordedEvent = { ...created, number: 2 };
    expect(() => initialState(late)).toThrow('not with run.created number 2');
  });

  it('takes each event once, in its order', () => {
    const state = initialState(created);
    expect(evolve(state, second).revision).toBe(2);
    expect(() => evolve(state, created)).toThrow('run r1 was created already');
    expect(() => evolve(evolve(state, second), second)).toThrow(
      'run r1 is at event 2; event 2 does not follow',
    );
    const tooFar: RecordedEvent = { ...second, number: 3 };
    expect(() => evolve(state, tooFar)).toThrow('event 3 does not follow');
  });

  it('changes no state that it was given', () => {
    const state = initialState(created);
    const before = JSON.stringify(state);
    run.events.slice(1).reduce(evolve, state);
    expect(JSON.stringify(state)).toBe(before);
  });
});
