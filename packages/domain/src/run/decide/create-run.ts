import {
  executeTaskName,
  orchestrationTeam,
  phaseTeam,
  planTaskName,
  reviewTaskName,
  runBranch,
} from '../../naming/names.ts';
import type { CreateRun } from '../command.ts';
import type { NewTask, RunEvent } from '../event.ts';
import { allocateIds, type IdAllocator } from '../ids.ts';
import type { Team } from '../state.ts';

const NO_COUNTERS = { m: 0, t: 0, a: 0, f: 0, g: 0, j: 0 };

/** A new run, and what it begins with: all of its run tasks with their dependencies, and its teams. */
export function createRun(command: CreateRun): {
  readonly created: Extract<RunEvent, { type: 'run.created' }>;
  readonly rest: readonly RunEvent[];
} {
  const { kind: _, phases, ...facts } = command;
  const ids = allocateIds({ id: command.runId, counters: NO_COUNTERS });
  const team: Team = {
    id: ids.next('m'),
    name: orchestrationTeam(command.feature),
    parentId: null,
    phase: null,
  };
  const validate = runTask(ids, 'validate-design', team, 'Validate the design', []);
  const setup = runTask(ids, 'setup-worktree', team, 'Prepare branch and worktree', [validate.id]);

  const phaseEvents: RunEvent[] = [];
  let previous = setup.id;
  for (const phase of phases) {
    const added = addPhase({
      ids,
      feature: command.feature,
      parent: team,
      phase,
      remediates: null,
      after: previous,
    });
    phaseEvents.push(...added.events);
    previous = added.reviewTaskId;
  }
  const finalize = runTask(ids, 'finalize', team, 'Finalize the branch', [previous]);
  return {
    created: { type: 'run.created', data: { ...facts, branch: runBranch(command.feature) } },
    rest: [
      { type: 'team.created', data: team },
      { type: 'task.added', data: validate },
      { type: 'task.added', data: setup },
      ...phaseEvents,
      { type: 'task.added', data: finalize },
    ],
  };
}

/** A phase's team and its three run tasks, the first of them after the task `after`. */
export function addPhase(parameters: {
  readonly ids: IdAllocator;
  readonly feature: string;
  readonly parent: Team;
  readonly phase: { readonly number: string; readonly title: string | null };
  readonly remediates: string | null;
  readonly after: string;
}): { readonly events: readonly RunEvent[]; readonly reviewTaskId: string } {
  const { ids, feature, parent, phase, remediates, after } = parameters;
  const team: Team = {
    id: ids.next('m'),
    name: phaseTeam(feature, phase.number),
    parentId: parent.id,
    phase: phase.number,
  };
  const task = (kind: NewTask['kind'], name: string, title: string, dependsOn: string): NewTask => ({
    ...emptyRunTask(ids, kind, name, title, [dependsOn]),
    teamId: parent.id,
    phase: phase.number,
  });
  const plan = task('plan-phase', planTaskName(phase.number), `Plan phase ${phase.number}`, after);
  const execute = task(
    'execute-phase',
    executeTaskName(phase.number),
    `Execute phase ${phase.number}`,
    plan.id,
  );
  const review = task(
    'review-phase',
    reviewTaskName(phase.number),
    `Review phase ${phase.number}`,
    execute.id,
  );
  return {
    reviewTaskId: review.id,
    events: [
      { type: 'team.created', data: team },
      { type: 'phase.added', data: { ...phase, teamId: team.id, remediates } },
      { type: 'task.added', data: plan },
      { type: 'task.added', data: execute },
      { type: 'task.added', data: review },
    ],
  };
}

function runTask(
  ids: IdAllocator,
  kind: 'validate-design' | 'setup-worktree' | 'finalize',
  team: Team,
  title: string,
  dependsOn: readonly string[],
): NewTask {
  return { ...emptyRunTask(ids, kind, kind, title, dependsOn), teamId: team.id };
}

function emptyRunTask(
  ids: IdAllocator,
  kind: NewTask['kind'],
  name: string,
  title: string,
  dependsOn: readonly string[],
): Omit<NewTask, 'teamId'> {
  return { id: ids.next('t'), name, kind, title, phase: null, parentId: null, dependsOn, spec: null };
}
