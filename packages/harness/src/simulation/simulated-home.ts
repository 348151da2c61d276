import { evolve, initialState, type RunState, runStatus } from '@tina/domain';
import { openSqliteStore, type Commit, type Store } from '@tina/store';
import { agentPlay } from './agent-play.ts';
import { CommitInvariants } from './commit-invariants.ts';
import type { Kernel } from './kernel.ts';
import type { Part } from './part.ts';
import type { Random } from './random.ts';
import type { SimulatedRepository } from './repository.ts';
import { callDaemon, startDaemon, type SimulatedDaemon } from './simulated-daemon.ts';
import { SimulatedHost } from './simulated-host.ts';
import { SimulatedMachine } from './simulated-machine.ts';
import { memoryStore } from './store/memory-store.ts';
import { twinStore } from './store/twin-store.ts';

/** When the simulated world begins, milliseconds since the epoch. */
const BEGIN = Date.UTC(2030, 0, 1);

export interface HomeOptions {
  /** `memory` is fast; `both` is SQLite with that as its witness. */
  readonly store: 'memory' | 'both';
  readonly config: string;
  readonly machineAgents: number;
  /** How often of a thousand turns an agent goes wrong. */
  readonly wildness: number;
  /** The most tasks that a plan has. */
  readonly tasks: number;
}

interface Surroundings {
  /** Its name, and the id of its node. */
  readonly name: string;
  readonly kernel: Kernel;
  readonly repository: SimulatedRepository;
  readonly outside: Part;
  readonly newId: () => string;
  readonly random: Random;
  readonly options: HomeOptions;
}

/** A home of Tina's with its node: a store, a machine, and whatever daemons and agents come and go on it. */
export class SimulatedHome {
  readonly name: string;
  readonly machine: SimulatedMachine;
  readonly store: Store;
  readonly invariants = new CommitInvariants();
  /** What daemons said went wrong. */
  readonly errors: unknown[] = [];
  /** The daemon that whoever looks for one finds; an earlier one may still live. */
  daemon: SimulatedDaemon | null = null;
  /** How far the machine's clock is from where it should be, milliseconds. */
  clockError = 0;
  readonly #surroundings: Surroundings;
  #daemons = 0;

  private constructor(surroundings: Surroundings, store: (clock: () => number) => Store) {
    const { name, kernel, repository, random } = surroundings;
    this.name = name;
    this.#surroundings = surroundings;
    this.store = store(() => this.wallClock);
    const agents = random.fork();
    this.machine = new SimulatedMachine({
      home: name,
      kernel,
      repository,
      random: random.fork(),
      startHost: (launch) => {
        this.invariants.launched(launch);
        new SimulatedHost(launch, {
          home: name,
          kernel,
          machine: this.machine,
          daemon: () => this.daemon,
          play: this.#play(agents),
        });
      },
    });
  }

  static async create(surroundings: Surroundings): Promise<SimulatedHome> {
    let clock = (): number => BEGIN;
    const fast = memoryStore({ statusOf: runStatus, clock: () => clock() });
    const isFast = surroundings.options.store === 'memory';
    const opened = isFast
      ? fast
      : twinStore(await openSqlite(() => clock()), fast, (what) => different(what));
    const home: SimulatedHome = new SimulatedHome(surroundings, (ofHome) => {
      clock = ofHome;
      return { ...opened, commit: (commit: Commit) => home.#commit(opened, commit) };
    });
    const different = (what: string): void => home.invariants.broken(`G01 ${what}`);
    return home;
  }

  /** Milliseconds since the epoch, as the machine's clock says. */
  get wallClock(): number {
    return BEGIN + this.#surroundings.kernel.now + this.clockError;
  }

  startDaemon(): void {
    if (this.daemon !== null) return;
    this.#daemons += 1;
    const { kernel, newId, options } = this.#surroundings;
    const { config, machineAgents } = options;
    const daemon = startDaemon(
      {
        kernel,
        newId,
        config,
        machineAgents,
        nodeId: this.name,
        machine: this.machine,
        store: this.store,
        onError: (error) => this.errors.push(error),
      },
      this.#daemons,
    );
    this.daemon = daemon;
    daemon.part.onKilled(() => {
      if (this.daemon === daemon) this.daemon = null;
    });
    // As the program does, a daemon that cannot start ends.
    daemon.started.catch((error: unknown) => {
      kernel.note(`daemon ${this.#daemons} does not start: ${String(error)}`);
      if (this.daemon === daemon) this.killDaemon(1_000);
      else daemon.part.kill();
    });
  }

  /** Ends the daemon without a word; another one starts after so long. */
  killDaemon(awayMs: number): void {
    this.daemon?.part.kill();
    this.#startAfter(awayMs);
  }

  /**
   * The daemon stands still for so long, and somebody who takes it for dead starts another one for the same home. Thawed, it
   * goes on as if it were the only one. So long after that somebody finds two of them, ends both and starts Tina anew: what
   * one of them committed, the other was not woken for. What must hold until then is that the old one does no harm in the
   * store. Of the machine it gets nothing any more: there, the lock of the home is all that keeps two daemons apart.
   */
  supplantDaemon(frozenMs: number, livesOnMs: number): void {
    const { kernel, outside } = this.#surroundings;
    const old = this.daemon;
    if (old === null) return;
    old.part.freeze(kernel.now + frozenMs);
    old.part.isSupplanted = true;
    this.daemon = null;
    kernel.after(outside, frozenMs + livesOnMs, 'two daemons are found', () => {
      old.part.kill();
      this.killDaemon(500);
    });
    this.#startAfter(500);
  }

  async runs(): Promise<readonly RunState[]> {
    const rows = await this.store.listRuns({ limit: 100 });
    const states = await Promise.all(rows.map(({ id }) => this.store.loadRun(id)));
    return states.filter((state) => state !== null);
  }

  #startAfter(delayMs: number): void {
    const { kernel, outside } = this.#surroundings;
    kernel.after(outside, delayMs, `a daemon of ${this.name} starts`, () => this.startDaemon());
  }

  #play(random: Random): ReturnType<typeof agentPlay> {
    const { kernel, options } = this.#surroundings;
    return agentPlay({
      kernel,
      random,
      machine: this.machine,
      wildness: options.wildness,
      tasks: options.tasks,
      wallClock: () => this.wallClock,
      report: async (of, agent, report) => {
        if (this.daemon === null) return false;
        const call = { name: 'agent.report', input: { report }, token: of.token };
        return callDaemon(kernel, agent, this.daemon, call).then(
          () => true,
          () => false,
        );
      },
    });
  }

  async #commit(store: Store, commit: Commit) {
    const result = await store.commit(commit);
    if (result.kind === 'committed' && commit.run !== null) {
      this.invariants.committed(commit.run, commit.action);
      for (const event of commit.run.events) {
        if (event.type === 'attempt.settled') this.#lookAtSettled(event.data.attemptId);
      }
    }
    return result;
  }

  /** When an attempt is settled, nothing of it runs any more (G14). */
  #lookAtSettled(attemptId: string): void {
    const left = [...this.machine.processes.values()].filter((process) => process.attemptId === attemptId);
    if (left.length === 0) return;
    const names = left.map(({ part }) => part.name).join(', ');
    this.invariants.broken(`G14 attempt ${attemptId} is settled, and of it runs: ${names}`);
  }
}

function openSqlite(clock: () => number): Promise<Store> {
  const model = { initial: initialState, evolve, status: runStatus };
  return openSqliteStore({ path: ':memory:', model, clock });
}
