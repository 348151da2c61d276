import { executeTaskName, phaseTaskName } from '../../naming/names.ts';
import type { NewTask, RunEvent } from '../event.ts';
import { known, phaseOf, taskNamed, tipOf } from '../lookup.ts';
import { attemptStep } from './attempt-step.ts';
import { advance, complete, type StepContext, type StepRules } from './context.ts';
import { gateStep } from './gate-step.ts';

/** plan-phase-N: a plan that passed the lint, then a person's word where the policy asks for it. */
export const PLAN_STEPS: StepRules = {
  plan: (context) =>
    attemptStep(context, {
      role: 'planner',
      startCommit: tipOf(context.state),
      onSuccess: () => (context.state.policy.gates.plan ? advance(context, 'approve') : acceptPlan(context)),
    }),
  approve: (context) =>
    gateStep(context, {
      kind: 'plan',
      question: `Is the plan of phase ${context.task.phase} good to go?`,
      onApproved: () => acceptPlan(context),
      onRejected: () => advance(context, 'plan'),
    }),
};

/** The plan's tasks enter the graph below the phase's execution. */
function acceptPlan(context: StepContext): readonly RunEvent[] {
  const { state, task, ids } = context;
  const phase = phaseOf(state, task);
  const { tasks, document } = known(phase.plan, `plan of phase ${phase.number}`);
  const execute = taskNamed(state, executeTaskName(phase.number));
  const taskIds = new Map(tasks.map((planned) => [planned.number, ids.next('t')]));
  const idOf = (number: number): string => known(taskIds.get(number), `task ${number} in the plan`);
  const added = tasks.map((planned): NewTask => ({
    id: idOf(planned.number),
    name: phaseTaskName(phase.number, planned.number),
    kind: 'phase-task',
    title: planned.title,
    phase: phase.number,
    teamId: phase.teamId,
    parentId: execute.id,
    dependsOn: [task.id, ...planned.dependsOn.map(idOf)],
    spec: planned,
  }));
  return [
    ...complete(context, { kind: 'planned', document, tasks: tasks.length }),
    ...added.map((data): RunEvent => ({ type: 'task.added', data })),
  ];
}
