import { expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { Launches } from './launches.ts';

const { signal } = new AbortController();

it('lets those pass that are coming up, each until it is there', async () => {
  const launches = new Launches(new ManualClock());
  await launches.letPass(signal);
  const endFirst = launches.begin();
  const endSecond = launches.begin();
  let hasPassed = false;
  const passing = launches.letPass(signal).then(() => (hasPassed = true));
  endFirst();
  endFirst();
  await Promise.resolve();
  expect(hasPassed).toBe(false);
  endSecond();
  await passing;
  await launches.letPass(signal);
});

it('does not wait long for one that does not come up', async () => {
  const clock = new ManualClock();
  const launches = new Launches(clock);
  launches.begin();
  let hasPassed = false;
  const passing = launches.letPass(signal).then(() => (hasPassed = true));
  clock.advance(74);
  await Promise.resolve();
  expect(hasPassed).toBe(false);
  clock.advance(1);
  await passing;
});
