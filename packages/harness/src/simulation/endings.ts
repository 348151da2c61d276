import { isDeepStrictEqual } from 'node:util';
import {
  evolve,
  initialState,
  isStuck,
  type RecordedEvent,
  type RunState,
  unsettledAttempts,
} from '@tina/domain';
import { hold, Violation } from './commit-invariants.ts';
import type { SimulatedHome } from './simulated-home.ts';
import { ROOT } from './simulated-machine.ts';
import type { World } from './world.ts';

/** What must hold when all has come to rest. @throws Violation */
export async function lookAtEnd(world: World): Promise<void> {
  const all: RunState[] = [];
  for (const home of world.homes) {
    const states = await home.runs();
    all.push(...states);
    for (const state of states) {
      await lookAtRun(home, state);
      lookAtLanding(home, state);
    }
    lookAtMachine(home);
  }
  lookAtRepository(world, all);
}

async function lookAtRun({ store }: SimulatedHome, state: RunState): Promise<void> {
  const events: RecordedEvent[] = [
    ...(await store.readEvents({ runId: state.id, after: 0, limit: 100_000 })),
  ];
  const [first, ...rest] = events;
  if (first === undefined) throw new Violation(`G02 run ${state.id} has no events`);
  const folded = rest.reduce(evolve, initialState(first));
  const rows = await store.loadRows(state.id);
  const isSame = isDeepStrictEqual(asWritten(folded), asWritten(rows));
  hold('G02', isSame, () => `the rows of ${state.id} are not what its events fold to`);
  const jobs = await store.listJobs({ runId: state.id });
  hold('G14', jobs.length === 0, () => `an ended run has jobs: ${jobs.map(({ job }) => job.kind).join(' ')}`);
  hold('G14', (await store.nextLeaseEnd()) === null, () => 'a lease is left');
  hold('G14', (await store.nextTimerAt()) === null, () => 'a timer is left');
}

/** As it is read back when it was written. */
function asWritten(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}

/** What is said to have landed is in the base, with everything that its tasks made. */
function lookAtLanding({ machine }: SimulatedHome, { id, ending, tip, tasks }: RunState): void {
  if (ending?.kind !== 'merged') return;
  const { repository } = machine;
  const inBase = repository.ancestors(repository.branch('main') ?? '');
  const works = Object.values(tasks).filter(
    ({ kind, status }) => kind === 'phase-task' && status === 'completed',
  );
  for (const commit of [tip, ...works.map(({ workCommit }) => workCommit)]) {
    const isIn = commit !== null && inBase.has(commit);
    hold('G20', isIn, () => `run ${id} is said to have landed, and ${commit} is not in the base`);
  }
}

function lookAtMachine({ machine }: SimulatedHome): void {
  const left = [...machine.processes.values()].map(({ part }) => part.name);
  hold('G14', left.length === 0, () => `processes are left: ${left.join(', ')}`);
  hold(
    'G14',
    machine.sessions.size === 0,
    () => `sessions are left: ${[...machine.sessions.keys()].join(', ')}`,
  );
}

function lookAtRepository({ repository, homes }: World, states: readonly RunState[]): void {
  const worktrees = [...repository.checkouts.keys()].filter((path) => path !== ROOT && !isKept(path, states));
  hold('G14', worktrees.length === 0, () => `worktrees are left: ${worktrees.join(', ')}`);
  const reachable = new Set([...repository.refs.values()].flatMap((tip) => [...repository.ancestors(tip)]));
  const made = homes.flatMap(({ machine }) => machine.madeCommits);
  const lost = made.filter((commit) => !reachable.has(commit));
  hold('G22', lost.length === 0, () => `commits of agents are lost: ${lost.join(' ')}`);
  const checkout = repository.checkouts.get(ROOT);
  const dirty = checkout ? repository.dirty(checkout).filter((path) => path !== 'draft.txt') : [];
  hold('G20', dirty.length === 0, () => `the user's checkout is not what it was: ${dirty.join(', ')}`);
}

/** A worktree that could not be removed, or holds what could not be kept elsewhere, stays until somebody cleans up. */
function isKept(path: string, states: readonly RunState[]): boolean {
  const run = states.find(({ id }) => path.includes(`/${id}/`));
  return run !== undefined && (run.slotsRemoval === 'failed' || unsettledAttempts(run).some(isStuck));
}
