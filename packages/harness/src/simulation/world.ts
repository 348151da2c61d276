import { evolve, initialState, type RunState, runStatus } from '@tina/domain';
import { openSqliteStore, type Commit, type Store } from '@tina/store';
import { agentPlay } from './agent-play.ts';
import { CommitInvariants, Violation } from './commit-invariants.ts';
import { Kernel, Part } from './kernel.ts';
import { Random } from './random.ts';
import { callDaemon, startDaemon, type SimulatedDaemon } from './simulated-daemon.ts';
import { SimulatedHost } from './simulated-host.ts';
import { ROOT, SimulatedMachine } from './simulated-machine.ts';

/** When the simulated world begins, milliseconds since the epoch. */
const BEGIN = Date.UTC(2030, 0, 1);
const ID_LETTERS = '23456789abcdefghjkmnpqrstvwxyz';

/** What a simulated world is like, before chance has its way. */
export interface WorldOptions {
  readonly seed: number;
  readonly config: string;
  readonly machineAgents: number;
  /** How often of a thousand turns an agent goes wrong. */
  readonly wildness: number;
  /** The most tasks that a plan has. */
  readonly tasks: number;
  readonly trace?: (line: string) => void;
}

/** One machine, its store, and whatever daemons and agents come and go on it. */
export class World {
  readonly kernel: Kernel;
  readonly random: Random;
  readonly machine: SimulatedMachine;
  readonly store: Store;
  readonly invariants = new CommitInvariants();
  /** What daemons said went wrong. */
  readonly errors: unknown[] = [];
  readonly outside = new Part('the world');
  daemon: SimulatedDaemon | null = null;
  /** How far the machine's clock is from where it should be, milliseconds. */
  clockError = 0;
  readonly #options: WorldOptions;
  #daemons = 0;
  #ids = 0;

  private constructor(options: WorldOptions, store: (clock: () => number) => Store) {
    this.#options = options;
    this.random = new Random(options.seed);
    this.kernel = new Kernel(this.random.fork(), options.trace ?? null);
    this.store = store(() => this.wallClock);
    const agents = this.random.fork();
    this.machine = new SimulatedMachine({
      kernel: this.kernel,
      random: this.random.fork(),
      startHost: (launch) => {
        new SimulatedHost(launch, {
          kernel: this.kernel,
          machine: this.machine,
          daemon: () => this.daemon,
          play: agentPlay({
            kernel: this.kernel,
            machine: this.machine,
            random: agents,
            wildness: options.wildness,
            tasks: options.tasks,
            wallClock: () => this.wallClock,
            report: async (of, agent, report) => {
              if (this.daemon === null) return false;
              const call = { name: 'agent.report', input: { report }, token: of.token };
              return callDaemon(this.kernel, agent, this.daemon, call).then(
                () => true,
                () => false,
              );
            },
          }),
        });
      },
    });
    const files = new Map([['README.md', 'A project.']]);
    const first = this.machine.repository.commit([], files, 'Begin');
    this.machine.repository.refs.set('refs/heads/main', first);
    this.machine.repository.checkOut(ROOT, first).branch = 'main';
  }

  static async create(options: WorldOptions): Promise<World> {
    let clock = (): number => BEGIN;
    const model = { initial: initialState, evolve, status: runStatus };
    const opened = await openSqliteStore({ path: ':memory:', model, clock: () => clock() });
    const world: World = new World(options, (ofWorld) => {
      clock = ofWorld;
      return { ...opened, commit: (commit: Commit) => world.#commit(opened, commit) };
    });
    return world;
  }

  /** Milliseconds since the epoch, as the machine's clock says. */
  get wallClock(): number {
    return BEGIN + this.kernel.now + this.clockError;
  }

  startDaemon(): void {
    if (this.daemon !== null) return;
    this.#daemons += 1;
    const { config, machineAgents } = this.#options;
    const daemon = startDaemon(
      {
        kernel: this.kernel,
        machine: this.machine,
        store: this.store,
        config,
        machineAgents,
        newId: () => this.#newId(),
        onError: (error) => this.errors.push(error),
      },
      this.#daemons,
    );
    this.daemon = daemon;
    daemon.part.onKilled(() => {
      this.daemon = null;
    });
    // As the program does, a daemon that cannot start ends.
    daemon.started.catch((error: unknown) => {
      this.kernel.note(`daemon ${this.#daemons} does not start: ${String(error)}`);
      this.killDaemon(1_000);
    });
  }

  /** Ends the daemon without a word; another one starts after so long. */
  killDaemon(awayMs: number): void {
    this.daemon?.part.kill();
    this.kernel.after(this.outside, awayMs, 'a daemon starts', () => this.startDaemon());
  }

  async runs(): Promise<readonly RunState[]> {
    const rows = await this.store.listRuns({ limit: 100 });
    const states = await Promise.all(rows.map(({ id }) => this.store.loadRun(id)));
    return states.filter((state) => state !== null);
  }

  async #commit(store: Store, commit: Commit) {
    const result = await store.commit(commit);
    if (result.kind === 'committed' && commit.run !== null) {
      this.invariants.committed(commit.run);
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
    this.invariants.violation ??= new Violation(
      `G14 attempt ${attemptId} is settled, and of it runs: ${names}`,
    );
  }

  #newId(): string {
    this.#ids += 1;
    let rest = this.#ids;
    let text = '';
    for (let letter = 0; letter < 10; letter += 1) {
      text = `${ID_LETTERS[rest % ID_LETTERS.length]}${text}`;
      rest = Math.floor(rest / ID_LETTERS.length);
    }
    return text;
  }
}
