import { TinaError } from '@tina/contract';
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
import {
  type Commit,
  type CommitResult,
  type ControlAction,
  type Document,
  type Store,
  StoreError,
} from '@tina/store';
import type { EventBus } from './event-bus.ts';
import { createKeyedMutex } from './keyed-mutex.ts';
import { leaseRelease, runWrite } from './run-write.ts';

/** What goes into the same transaction as a command's events. */
export interface CommandExtras {
  /** Done with even when the command is rejected. */
  readonly completesJob?: { readonly jobId: string; readonly epoch: number };
  /** Done with even when the command is rejected. */
  readonly firesTimer?: { readonly timerId: string; readonly dueAt: number };
  /** A lease that ended: let go, even when the command is rejected because the run has no use for it any more. */
  readonly expiredLease?: { readonly attemptId: string };
  readonly documents?: readonly Document[];
  /** The log's entry, for a command that is carried out. A rejection changes nothing: its caller logs it. */
  readonly action?: (state: RunState) => ControlAction;
}

/** A command, or how to make it from the state that it will be decided on. */
export type CommandSource = RunCommand | ((state: RunState) => Promise<RunCommand>);

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
  execute(runId: string, command: CommandSource, extras?: CommandExtras): Promise<Executed>;
  /**
   * The run's state as it is stored now; null when there is no such run.
   *
   * @throws TinaError `run_damaged` when its events cannot be folded
   */
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
    this.#forget(cached);
    const state = await loadWhole(store, runId);
    if (state) this.#keep(state);
    return state;
  }

  async create(command: CreateRun, { onlyRunOfDesign, ...extras }: CreateOptions): Promise<Executed> {
    const transition = handleCreate(command, await this.#dependencies.store.now());
    const done = await this.#commit(null, transition, extras, onlyRunOfDesign);
    if (done === 'conflict') throw new Error(`run ${command.runId} exists already`);
    return done;
  }

  execute(runId: string, command: CommandSource, extras: CommandExtras = {}): Promise<Executed> {
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
    source: CommandSource,
    extras: CommandExtras,
  ): Promise<Executed | 'conflict'> {
    const state = await this.load(runId);
    if (!state) return { kind: 'no-such-run' };
    const command = typeof source === 'function' ? await source(state) : source;
    const handled = handleCommand(state, command, await this.#dependencies.store.now());
    return handled.ok
      ? this.#commit(state, handled, extras, false)
      : this.#reject(state, handled.rejection, extras);
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
    if (!hasEvents && !extras.completesJob && !extras.firesTimer && !extras.action)
      return { kind: 'done', state };
    const result = await store.commit({
      run: hasEvents ? runWrite(before, transition, { onlyRunOfDesign, ...extras }) : null,
      ...sharedParts(extras),
      documents: extras.documents ?? [],
      action: extras.action?.(state) ?? null,
    });
    if (result.kind === 'revision-conflict') {
      this.#forget(before);
      return 'conflict';
    }
    if (result.kind !== 'committed') return { kind: 'refused', result };
    this.#keep(state);
    if (hasEvents || extras.action) bus.publish({ runId: state.id, hasEvents });
    onEffects(effects);
    return { kind: 'done', state };
  }

  /** A rejection changes no run; the job, timer or lease that caused it is done with. */
  async #reject(
    state: RunState,
    rejection: Rejection,
    extras: CommandExtras,
  ): Promise<Executed | 'conflict'> {
    const { completesJob, firesTimer, expiredLease } = extras;
    if (!completesJob && !firesTimer && !expiredLease) return { kind: 'rejected', rejection };
    const result = await this.#dependencies.store.commit({
      run: expiredLease ? leaseRelease(state, expiredLease.attemptId) : null,
      ...sharedParts(extras),
      documents: [],
      action: null,
    });
    if (result.kind !== 'revision-conflict') return { kind: 'rejected', rejection };
    this.#forget(state);
    return 'conflict';
  }

  /** Reads overlap with commits: what was read earlier never replaces what was written later. */
  #keep(state: RunState): void {
    const known = this.#cache.get(state.id);
    if (known && known.revision > state.revision) return;
    const isOver = state.control === 'ended' && state.slotsRemoval !== 'requested';
    // An ended run is read rarely; it need not stay in memory.
    if (isOver) this.#cache.delete(state.id);
    else this.#cache.set(state.id, state);
  }

  #forget(state: RunState | null | undefined): void {
    if (state && this.#cache.get(state.id) === state) this.#cache.delete(state.id);
  }
}

async function loadWhole(store: Store, runId: string): Promise<RunState | null> {
  try {
    return await store.loadRun(runId);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new TinaError({
      code: 'run_damaged',
      message: `Run ${runId} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      next: [`tina verify ${runId}`],
      cause: error,
    });
  }
}

function sharedParts(extras: CommandExtras): Pick<Commit, 'completesJob' | 'firesTimer' | 'tokens'> {
  const { completesJob, firesTimer } = extras;
  return {
    completesJob: completesJob ?? null,
    firesTimer: firesTimer ?? null,
    tokens: [],
  };
}
