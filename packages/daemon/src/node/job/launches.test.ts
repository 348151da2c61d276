import { expect, it } from 'vitest';
import { Launches } from './launches.ts';

it('is quiet when nothing is launched, and again when the last launch is over', async () => {
  const launches = new Launches();
  await launches.quiet();
  const endFirst = launches.begin();
  const endSecond = launches.begin();
  let isQuiet = false;
  const quiet = launches.quiet().then(() => (isQuiet = true));
  endFirst();
  endFirst();
  await Promise.resolve();
  expect(isQuiet).toBe(false);
  endSecond();
  await quiet;
  await launches.quiet();
});
