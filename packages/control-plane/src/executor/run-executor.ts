import {
  type CreateRun,
  type EffectOfEvent,
  handleCommand,
  handleCreate,
  type Rejection,
  type RunCommand,
  type RunState,
  type Transition,
} from '@tina/domain';
import type { AgentToken, CommitResult, ControlAction, Document, RunWrite, Store } from '@tina/store';
import type { EventBus } from './event-bus.ts';
import { createKeyedMutex } from './keyed-mutex.ts';

/** A lost node or host is noticed within this time; two renewals may be missed. */
export const LEASE_DURATION_MS = 15_000;

/** What goes into the same transaction as a command's events. */
export interface CommandExtras {
  readonly completesJob?: { readonly jobId: string; readonly epoch: number };
  readonly firesTimer?: string;
  readonly documents?: readonly Document[];
  readonly tokens?: readonly AgentToken[];
  /** Builds the control action once the outcome is known. */
  readonly action?: (outcome: ActionOutcome) => ControlAction;
}

export type ActionOutcome =
  | { readonly ok: true; readonly state: RunState }
  | { readonly ok: false; readonly rejection: Rejection };

export type Executed =
  | { readonly kind: 'done'; readonly state: RunState }
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
  | { readonly kind: 'no-such-run' }
  | {
      readonly kind: 'refused';
      readonly result: Exclude<CommitResult, { kind: 'committed' | 'revision-conflict' }>;
    };

export interface RunExecutor {
  create(command: CreateRun, options: CreateOptions): Promise<Executed>;
  execute(runId: string, command: RunCommand, extras?: CommandExtras): Promise<Executed>;
  /** The run's state as it is stored now; null when there is no such run. */
  load(runId: string): Promise<RunState | null>;
}

export interface CreateOptions extends CommandExtras {
  /** Refuse when the design has a run that has not ended. */
  readonly onlyRunOfDesign: boolean;
}

/** Another writer may win this often in a row; more means that something is wrong. */
const MAX_COMMIT_TRIES = 50;

/** Turns commands into committed transactions; see "The way of a command" in ARCHITECTURE.md. */
export function createRunExecutor(dependencies: ExecutorDependencies): RunExecutor {
  return new CachingExecutor(dependencies);
}

interface ExecutorDependencies {
  readonly store: Store;
  readonly bus: EventBus;
  /** Told what every commit caused, after it. */
  readonly onEffects: (effects: readonly EffectOfEvent[]) => void;
}

/** Keeps the states of runs that go on in memory; the store's revision says whether they still hold. */
class CachingExecutor implements RunExecutor {
  readonly #dependencies: ExecutorDependencies;
  readonly #cache = new Map<string, RunState>();
  readonly #mutex = createKeyedMutex();

  constructor(dependencies: ExecutorDependencies) {
    this.#dependencies = dependencies;
  }

  async load(runId: string): Promise<RunState | null> {
    const { store } = this.#dependencies;
    const cached = this.#cache.get(runId);
    if (cached && (await store.runRevision(runId)) === cached.revision) return cached;
    const state = await store.loadRun(runId);
    if (state) this.#keep(state);
    else this.#cache.delete(runId);
    return state;
  }

  async create(command: CreateRun, { onlyRunOfDesign, ...extras }: CreateOptions): Promise<Executed> {
    const transition = handleCreate(command, await this.#dependencies.store.now());
    const done = await this.#commit(null, transition, extras, onlyRunOfDesign);
    if (done === 'conflict') throw new Error(`run ${command.runId} exists already`);
    return done;
  }

  execute(runId: string, command: RunCommand, extras: CommandExtras = {}): Promise<Executed> {
    return this.#mutex.run(runId, async () => {
      for (let attempt = 0; attempt < MAX_COMMIT_TRIES; attempt += 1) {
        const done = await this.#executeOnce(runId, command, extras);
        if (done !== 'conflict') return done;
      }
      throw new Error(`run ${runId} was changed by others ${MAX_COMMIT_TRIES} times in a row`);
    });
  }

  async #executeOnce(
    runId: string,
    command: RunCommand,
    extras: CommandExtras,
  ): Promise<Executed | 'conflict'> {
    const state = await this.load(runId);
    if (!state) return { kind: 'no-such-run' };
    const handled = handleCommand(state, command, await this.#dependencies.store.now());
    return handled.ok ? this.#commit(state, handled, extras, false) : this.#reject(handled.rejection, extras);
  }

  async #commit(
    before: RunState | null,
    transition: Transition,
    extras: CommandExtras,
    onlyRunOfDesign: boolean,
  ): Promise<Executed | 'conflict'> {
    const { store, bus, onEffects } = this.#dependencies;
    const { state, events, effects } = transition;
    const hasEvents = events.length > 0;
    if (!hasEvents && !extras.completesJob && !extras.action) return { kind: 'done', state };
    const result = await store.commit({
      run: hasEvents ? runWrite(before, transition, onlyRunOfDesign) : null,
      ...sharedParts(extras),
      action: extras.action?.({ ok: true, state }) ?? null,
    });
    if (result.kind === 'revision-conflict') {
      this.#cache.delete(state.id);
      return 'conflict';
    }
    if (result.kind !== 'committed') return { kind: 'refused', result };
    this.#keep(state);
    if (hasEvents)
      bus.publish({ runId: state.id, revision: state.revision, lastSequence: result.lastSequence });
    onEffects(effects);
    return { kind: 'done', state };
  }

  /** A rejection changes no run; its action is logged, and the job or timer that caused it is done with. */
  async #reject(rejection: Rejection, extras: CommandExtras): Promise<Executed> {
    const action = extras.action?.({ ok: false, rejection }) ?? null;
    if (action !== null || extras.completesJob || extras.firesTimer !== undefined) {
      const parts = { ...sharedParts(extras), documents: [], tokens: [] };
      const result = await this.#dependencies.store.commit({ run: null, ...parts, action });
      if (result.kind === 'duplicate-action') return { kind: 'refused', result };
    }
    return { kind: 'rejected', rejection };
  }

  #keep(state: RunState): void {
    const isOver = state.control === 'ended' && state.slotsRemoval !== 'requested';
    // An ended run is read rarely; it need not stay in memory.
    if (isOver) this.#cache.delete(state.id);
    else this.#cache.set(state.id, state);
  }
}

function sharedParts(extras: CommandExtras): {
  readonly completesJob: { readonly jobId: string; readonly epoch: number } | null;
  readonly firesTimer: { readonly timerId: string } | null;
  readonly documents: readonly Document[];
  readonly tokens: readonly AgentToken[];
} {
  return {
    completesJob: extras.completesJob ?? null,
    firesTimer: extras.firesTimer === undefined ? null : { timerId: extras.firesTimer },
    documents: extras.documents ?? [],
    tokens: extras.tokens ?? [],
  };
}

function runWrite(before: RunState | null, transition: Transition, onlyRunOfDesign: boolean): RunWrite {
  const { state, events, effects } = transition;
  return {
    runId: state.id,
    expectedRevision: before?.revision ?? 0,
    before,
    after: state,
    events,
    enqueue: effects.flatMap((effect) =>
      effect.kind === 'enqueue'
        ? [{ job: effect.job, nodeId: state.nodeId, attemptId: effect.attemptId, causedBy: effect.causedBy }]
        : [],
    ),
    withdraw: effects.flatMap((effect) => (effect.kind === 'withdraw' ? [effect.jobId] : [])),
    setTimers: effects.flatMap((effect) =>
      effect.kind === 'set-timer'
        ? [
            {
              id: effect.timerId,
              runId: state.id,
              taskId: effect.taskId,
              attemptId: effect.attemptId,
              dueAt: effect.dueAt,
            },
          ]
        : [],
    ),
    clearTimers: effects.flatMap((effect) => (effect.kind === 'clear-timer' ? [effect.timerId] : [])),
    grantLeases: effects.flatMap((effect) =>
      effect.kind === 'grant-lease'
        ? [
            {
              attemptId: effect.attemptId,
              nodeId: state.nodeId,
              epoch: effect.epoch,
              durationMs: LEASE_DURATION_MS,
            },
          ]
        : [],
    ),
    releaseLeases: effects.flatMap((effect) => (effect.kind === 'release-lease' ? [effect.attemptId] : [])),
    onlyRunOfDesign,
  };
}
