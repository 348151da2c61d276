import { expect, it } from 'vitest';
import type { PlannedTask } from '../simulation/behaviour.test-support.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';

it('a design with 8 phases and 60 tasks runs to its end, every task done exactly once', () => {
  const plan = (tasks: number): readonly PlannedTask[] =>
    Array.from({ length: tasks }, (_, index) => (index % 3 === 2 ? { dependsOn: [index] } : {}));
  const plans = Object.fromEntries(
    [8, 8, 8, 8, 7, 7, 7, 7].map((tasks, index) => [String(index + 1), plan(tasks)]),
  );
  const run = new SimulatedRun({ phases: 8, plans }).toRest();
  expect(run.status).toBe('complete');
  const tasks = Object.values(run.state.tasks).filter((task) => task.kind === 'phase-task');
  expect(tasks.length).toBe(60);
  expect(tasks.every((task) => task.attemptCount === 1)).toBe(true);
  expect(run.eventsOf('merge.completed').length).toBe(60);
  run.assertReplay();
});
