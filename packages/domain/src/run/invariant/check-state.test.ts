import { describe, expect, it } from 'vitest';
import type { Attempt } from '../attempt.ts';
import { patchAttempt, patchTask } from '../evolve/patch.ts';
import type { JobProblem } from '../job.ts';
import { known } from '../lookup.ts';
import { fails, passes } from '../simulation/behaviour.test-support.ts';
import { failedJob } from '../simulation/simulated-node.test-support.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';
import type { RunState } from '../state.ts';
import { checkTransition } from './check-history.ts';
import { awaitedJobs, awaitedTimers } from './check-waits.ts';

const TASK = 'phase-1-task-1';
const PROBLEM: JobProblem = { code: 'disk_full', message: 'no space', output: null, next: [] };

/** Two tasks at work side by side; a third one depends on the first. */
const working = (): SimulatedRun =>
  new SimulatedRun({ plans: { 1: [{}, {}, { dependsOn: [1] }] } }).until(
    (run) => run.node.hosts.size === 2 && run.queue.size === 0,
  );

const merging = (): SimulatedRun => working().until((run) => run.queued('merge').length === 1);

/** All that can be known of it is known: it has ended, with a finding that a review waived. */
const ended = (): SimulatedRun =>
  new SimulatedRun({
    script: {
      reviewer: () => passes({ severity: 'minor', message: 'a nit', file: null, line: null }),
    },
  }).toRest();

const blocked = (): SimulatedRun => new SimulatedRun({ jobs: failsToMake }).toRest();
const asking = (): SimulatedRun => new SimulatedRun({ policy: { finalize: 'ask' } }).toRest();

function failsToMake(job: { readonly kind: string }): ReturnType<typeof failedJob> | undefined {
  return job.kind === 'create-branch' ? failedJob('disk_full') : undefined;
}

/** What is found in a state that was made wrong. */
function found(state: RunState): readonly string[] {
  return checkTransition(state, state, []).map(({ guarantee, message }) => `${guarantee} ${message}`);
}

type Spoil = (run: SimulatedRun) => RunState;

const task = (run: SimulatedRun, patch: Parameters<typeof patchTask>[2], name = TASK): RunState =>
  patchTask(run.state, run.task(name).id, patch);

/** The attempt is there once more. */
function doubled({ state }: SimulatedRun, attempt: Attempt): RunState {
  return { ...state, attempts: { ...state.attempts, again: { ...attempt, id: 'again' } } };
}

const settled = (run: SimulatedRun): RunState =>
  patchAttempt(run.state, run.attempt(TASK).id, { settled: true });

const SPOILT: readonly (readonly [string, () => SimulatedRun, Spoil, RegExp])[] = [
  [
    'two attempts of a task',
    working,
    (run) => doubled(run, run.attempt(TASK)),
    /^G09 Task r1-t\d+ has more than/,
  ],
  ['a slot held twice', working, (run) => doubled(run, run.attempt(TASK)), /^G09 Slot 1 is held twice\.$/],
  [
    'a slot unknown',
    working,
    ({ state }) => ({ ...state, slots: [1] }),
    /^G14 Slot 2 is held and the run does not/,
  ],
  [
    'more at work than may be',
    working,
    ({ state }) => ({ ...state, policy: { ...state.policy, parallelAgents: 1 } }),
    /^G27 2 are at work, and the policy allows 1\.$/,
  ],
  [
    'a task before what it depends on',
    working,
    (run) => task(run, { status: 'ready' }, 'phase-1-task-3'),
    /^G19 Task r1-t\d+ is ready, and r1-t\d+, which it depends on, is not done\.$/,
  ],
  [
    'work that is not merged',
    working,
    (run) => task(run, { status: 'completed' }),
    /^G19 Task r1-t\d+ is completed and/,
  ],
  [
    'two merges at a time',
    merging,
    (run) => {
      const { step, waitsFor } = known(
        Object.values(run.state.tasks).find((each) => each.step === 'merge'),
        'merge',
      );
      return patchTask(patchTask(run.state, run.task('finalize').id, { step, waitsFor }), run.task(TASK).id, {
        step,
        waitsFor,
      });
    },
    /^G20 Task r1-t\d+ is merged while another one is\.$/,
  ],
  [
    'too many retries',
    working,
    (run) => task(run, { retries: { failure: 2, output: 2, lost: 6 } }),
    /^G05 Task r1-t\d+ had 2 retries after a failure, and may have 1\.$/,
  ],
  [
    'too many rounds',
    working,
    (run) => task(run, { reviewRounds: 4 }),
    /^G05 .* had 4 rounds of review, and may have 3/,
  ],
  [
    'too many resolvers',
    working,
    (run) => task(run, { conflictRounds: 4 }),
    /^G05 .* had 4 resolvers, and may have 3/,
  ],
  ['too many landings', working, (run) => task(run, { landingRounds: 51 }), /^G05 .* had 51 tries to land/],
  [
    'a remediation too deep',
    working,
    ({ state }) => ({ ...state, phases: state.phases.map((phase) => ({ ...phase, number: '1.5.5.5' })) }),
    /^G05 Phase 1\.5\.5\.5 is a remediation deeper than the 2 that there may be\.$/,
  ],
  [
    'a wait of a task that is done',
    working,
    (run) => task(run, { waitsFor: { kind: 'timer', dueAt: 1 } }, 'validate-design'),
    /^G05 Task r1-t1 is completed and waits for a timer\.$/,
  ],
  [
    'a wait for a settled attempt',
    working,
    settled,
    /^G05 Task r1-t\d+ waits for attempt r1-a\d+, which will not be/,
  ],
  [
    'a wait for an attempt that cannot be settled',
    working,
    (run) => patchAttempt(run.state, run.attempt(TASK).id, { settleProblem: PROBLEM }),
    /^G05 Task r1-t\d+ waits for attempt/,
  ],
  [
    'a wait for an attempt that is not there',
    working,
    (run) => task(run, { waitsFor: { kind: 'attempt', attemptId: 'none' } }),
    /^G05 Task r1-t\d+ waits for attempt none/,
  ],
  [
    'a wait for a gate that was answered',
    asking,
    ({ state }) => ({ ...state, gates: mapped(state.gates, (gate) => ({ ...gate, status: 'approved' })) }),
    /^G05 Task r1-t\d+ waits for gate r1-g1, which is not open\.$/,
  ],
  [
    'a service that is waited for too often',
    working,
    (run) =>
      patchAttempt(run.state, run.attempt(TASK).id, { backoff: { kind: 'overload', number: 6, of: 5 } }),
    /^G15 Attempt r1-a\d+ waits for its service for the 6th time, and may 5 times\.$/,
  ],
  [
    'a gate that nothing waits for',
    asking,
    (run) => task(run, { waitsFor: { kind: 'timer', dueAt: 1 } }, 'finalize'),
    /^G27 Gate r1-g1 is open and nothing waits for it\.$/,
  ],
  [
    'a blocked run that goes on',
    working,
    ({ state }) => ({ ...state, blocked: [] }),
    /^G05 Run r1 says that it is blocked, and something is under way\.$/,
  ],
  [
    'a blocked task that is not named',
    blocked,
    ({ state }) => ({ ...state, blocked: [] }),
    /^G05 Task r1-t2 is blocked/,
  ],
  [
    'a named task that is not blocked',
    blocked,
    ({ state }) => ({ ...state, blocked: [{ taskId: 'r1-t1', code: 'x', message: 'x' }] }),
    /^G05 The run says that task r1-t1 is blocked, and it is not\.$/,
  ],
  [
    'a run at rest that does not say why',
    blocked,
    ({ state }) => ({ ...state, blocked: null }),
    /^G05 Run r1 is active, nothing of it is under way, and it does not say why\.$/,
  ],
  [
    'a complete run with an open finding',
    ended,
    ({ state }) => ({ ...state, findings: mapped(state.findings, (each) => ({ ...each, status: 'open' })) }),
    /^G18 The run is complete, and finding r1-f1 is open\.$/,
  ],
  [
    'a complete run with a task that is not done',
    ended,
    (run) => task(run, { status: 'cancelled' }),
    /^G05 The run is complete, and task r1-t\d+ is cancelled\.$/,
  ],
];

function mapped<Entity>(
  entities: Readonly<Record<string, Entity>>,
  change: (entity: Entity) => Entity,
): Readonly<Record<string, Entity>> {
  return Object.fromEntries(Object.entries(entities).map(([id, entity]) => [id, change(entity)]));
}

describe('what must hold whenever a commit is done', () => {
  it('holds of runs to which nothing was done', () => {
    for (const make of [working, merging, ended, blocked, asking]) expect(found(make().state)).toEqual([]);
  });

  it.each(SPOILT)('finds %s', (_, make, spoil, expected) => {
    expect(found(spoil(make()))).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });

  it('lets a run that is cancelled wait for an attempt that cannot be settled, and one that has ended lie', () => {
    const run = working();
    const stuck = patchAttempt(run.state, run.attempt(TASK).id, {
      settleProblem: PROBLEM,
    });
    expect(found({ ...stuck, control: 'cancelling' })).toEqual([]);
    run.accept({ kind: 'cancel', reason: null });
    expect(found(run.toRest().state)).toEqual([]);
  });

  it('says which jobs and timers a state needs', () => {
    const run = merging();
    expect([...awaitedJobs(run.state)]).toEqual(expect.arrayContaining([run.job('merge').jobId]));
    const parked = new SimulatedRun({ script: { validator: () => fails('limit') } });
    parked.until(() => parked.attempts('validate-design')[0]?.status === 'parked');
    expect([...awaitedTimers(parked.state)]).toEqual([parked.attempt('validate-design').id]);
    const failing = new SimulatedRun({ script: { validator: () => fails('crash') } });
    failing.until(() => failing.task('validate-design').waitsFor?.kind === 'timer');
    expect([...awaitedTimers(failing.state)]).toEqual([failing.task('validate-design').id]);
  });
});
