import { describe, expect, it } from 'vitest';
import { makeFacts, makeRun } from '../play/facts.test-support.ts';
import type { Facts } from '../play/facts.ts';
import { findScenario, shippedNames } from '../scenario/find-scenarios.ts';
import { loadScenario } from '../scenario/load-scenario.ts';
import { compare } from './compare.ts';

/** What would come of every scenario if nothing happened but a plain run, a lost one, or none. */
const OTHERS: Readonly<Record<string, () => Facts>> = {
  'a plain run': () => makeFacts(makeRun('single-phase')),
  'a run with lost attempts': () => makeFacts(makeRun('everything-killed')),
  'a blocked run': () => makeFacts(makeRun('impossible-requirement')),
  'no run': () => makeFacts(null, { launch: { code: 1, stdout: '', stderr: 'error: it broke' } }),
};

describe('the expectations of a scenario that comes with Tina can fail', async () => {
  it.each(await shippedNames())('%s', async (name) => {
    const scenario = await loadScenario(await findScenario(name, '/'));
    for (const [what, facts] of Object.entries(OTHERS))
      expect([what, compare(scenario, facts(), true)]).not.toEqual([what, []]);
  });
});
