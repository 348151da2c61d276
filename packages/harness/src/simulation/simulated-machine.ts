import type { HostFrame, Launch } from '@tina/contract';
import type { CheckResult } from '@tina/domain';
import type { HostFrameInput, NodePlatform, ProcessIdentity, Sessions } from '@tina/daemon';
import type { Kernel } from './kernel.ts';
import type { Part } from './part.ts';
import type { Random } from './random.ts';
import type { SimulatedRepository } from './repository.ts';
import { simulatedGit } from './simulated-git.ts';

/** A process of an attempt: its host, or its agent. */
export interface SimulatedProcess {
  readonly identity: ProcessIdentity;
  readonly attemptId: string;
  readonly runId: string;
  readonly part: Part;
  readonly kind: 'host' | 'agent';
}

/** What the folder of an attempt holds. */
export interface AttemptFolder {
  launch: Launch | null;
  host: ProcessIdentity | null;
  /** Frames that no daemon has taken yet. */
  readonly spool: SpooledFrame[];
}

export interface SpooledFrame {
  readonly sequence: number;
  readonly frame: HostFrame;
}

/** Everything of a machine that outlives its daemons: files, the repository, processes and sessions. */
export class SimulatedMachine {
  /** Also of other homes: it lies on a disk that they share. */
  readonly repository: SimulatedRepository;
  readonly home: string;
  readonly attempts = new Map<string, AttemptFolder>();
  readonly processes = new Map<number, SimulatedProcess>();
  readonly sessions = new Map<string, ProcessIdentity>();
  /** Commits that agents made, in order. */
  readonly madeCommits: string[] = [];
  /** Names of the checks that fail on a commit, whatever stands in it. */
  checkOf: (command: string, commit: string) => CheckResult['outcome'] = () => 'passed';
  readonly #kernel: Kernel;
  readonly #random: Random;
  readonly #startHost: (launch: Launch) => void;
  #lastPid = 100;
  /** Grows with every start of the machine: the same pid is another process then. */
  #boot = 1;

  constructor(parameters: {
    readonly home: string;
    readonly kernel: Kernel;
    readonly repository: SimulatedRepository;
    readonly random: Random;
    readonly startHost: (launch: Launch) => void;
  }) {
    this.home = parameters.home;
    this.repository = parameters.repository;
    this.#kernel = parameters.kernel;
    this.#random = parameters.random;
    this.#startHost = parameters.startHost;
  }

  folder(attemptId: string): AttemptFolder {
    const known = this.attempts.get(attemptId);
    if (known) return known;
    const made: AttemptFolder = { launch: null, host: null, spool: [] };
    this.attempts.set(attemptId, made);
    return made;
  }

  spawn(process: Omit<SimulatedProcess, 'identity'>): ProcessIdentity {
    this.#lastPid += 1;
    const identity = { pid: this.#lastPid, startTime: `${this.#kernel.now}@${this.#boot}` };
    this.processes.set(identity.pid, { ...process, identity });
    process.part.onKilled(() => this.#ended(identity));
    return identity;
  }

  isAlive({ pid, startTime }: ProcessIdentity): boolean {
    return this.processes.get(pid)?.identity.startTime === startTime;
  }

  /** Power fails: all processes end at once, files stay. */
  crash(): void {
    for (const { part } of this.processes.values()) part.kill();
    this.#boot += 1;
  }

  /** The tmux server dies with its terminals: hosts end, agents that were theirs hear of it as well. */
  killSessions(): void {
    for (const identity of this.sessions.values()) {
      const attemptId = this.processes.get(identity.pid)?.attemptId;
      for (const process of this.processes.values()) {
        if (process.attemptId === attemptId) process.part.kill();
      }
    }
  }

  /** The machine as one daemon sees it. */
  platform(part: Part): NodePlatform {
    const { repository } = this;
    return {
      git: simulatedGit(repository, this.#kernel, part),
      processes: this.#processesOf(part),
      files: this.#filesOf(part),
      commands: this.#commandsOf(part),
      openSessions: () => Promise.resolve(this.#sessionsOf(part)),
    };
  }

  #ended({ pid }: ProcessIdentity): void {
    this.processes.delete(pid);
    for (const [name, identity] of this.sessions) if (identity.pid === pid) this.sessions.delete(name);
  }

  #processesOf(part: Part): NodePlatform['processes'] {
    const find = (isMeant: (process: SimulatedProcess) => boolean): readonly SimulatedProcess[] =>
      [...this.processes.values()].filter(isMeant);
    const end = (isMeant: (process: SimulatedProcess) => boolean) =>
      this.#kernel.ask(part, 'end processes', () => {
        const found = find(isMeant);
        for (const process of found) process.part.kill();
        return { ended: found.map(({ identity }) => identity.pid), survivors: [] };
      });
    return {
      endAttemptProcesses: ({ attemptId }) => end((process) => process.attemptId === attemptId),
      endMarked: ({ marker }) => {
        const runId = marker['TINA_RUN'];
        return end((process) => runId !== undefined && process.runId === runId);
      },
      findAttemptProcesses: ({ attemptId }) =>
        this.#kernel.ask(part, 'find processes', () =>
          find((process) => process.attemptId === attemptId).map(({ identity }) => identity),
        ),
      findMarked: () =>
        this.#kernel.ask(part, 'find processes', () => find(() => true).map(({ identity }) => identity)),
      isAlive: (identity) => this.#kernel.ask(part, 'look at a process', () => this.isAlive(identity)),
    };
  }

  #filesOf(part: Part): NodePlatform['files'] {
    const read = <T>(work: () => T): Promise<T> => this.#kernel.ask(part, 'read', work);
    return {
      readHostIdentity: ({ directory }) => read(() => this.attempts.get(attemptOf(directory))?.host ?? null),
      readLaunch: ({ directory }) => read(() => this.attempts.get(attemptOf(directory))?.launch ?? null),
      writeLaunch: ({ directory }, launch) => {
        if (part.isAlive) this.folder(attemptOf(directory)).launch = launch;
      },
      forgetLaunchSecrets: () => read(() => undefined),
      writeScopeHooks: () => read(() => undefined),
      readSpool: (directory, attempt) =>
        read(() => {
          const frames = this.folder(attemptOf(directory)).spool;
          const sent = frames.map((each) => ({ ...each, ...attempt }) as HostFrameInput);
          return { frames: sent, badLines: 0 };
        }),
      readPlanFile: () => read(() => null),
      endOfFile: () => read(() => null),
      exists: (path) => path === ROOT || this.repository.checkouts.has(path.replace(/\/\.git$/, '')),
      realPath: (path) => read(() => path),
      namesIn: () => read(() => [...this.attempts.keys()]),
      removeTree: () => read(() => undefined),
      removeIfEmpty: () => read(() => undefined),
    };
  }

  #commandsOf(part: Part): NodePlatform['commands'] {
    const takesTime = (signal: AbortSignal | undefined): Promise<void> =>
      new Promise((resolve, reject) => {
        this.#kernel.after(part, this.#random.between(10, 3_000), 'a command ends', () => {
          if (signal?.aborted === true) reject(signal.reason as Error);
          else resolve();
        });
      });
    return {
      async runSetup({ signal }) {
        await takesTime(signal);
        return { kind: 'ok', ran: true, durationMs: 1 };
      },
      runChecks: async ({ definitions, cwd, signal }) => {
        await takesTime(signal);
        const checkout = this.repository.checkouts.get(cwd);
        const commit = checkout === undefined ? null : this.repository.head(checkout);
        return definitions.map(({ name, command }) => {
          const outcome = commit === null ? 'could_not_run' : this.checkOf(command, commit);
          const exitCode = outcome === 'passed' ? 0 : 1;
          return { name, outcome, exitCode, durationMs: 1, failures: [], outputPath: null, outputTail: '' };
        });
      },
    };
  }

  #sessionsOf(part: Part): Sessions {
    const step = <T>(name: string, work: () => T): Promise<T> => this.#kernel.ask(part, `tmux ${name}`, work);
    return {
      probe: () => Promise.resolve({ kind: 'tmux', version: '3.4' }),
      start: ({ command }) =>
        step('new-session', () => {
          const { launch } = this.folder(attemptOf(command.at(-1)?.replace(/\/launch\.json$/, '') ?? ''));
          if (launch !== null) this.#startHost(launch);
        }),
      exists: (name) => step('has-session', () => this.sessions.has(name)),
      list: () => step('list-sessions', () => [...this.sessions.keys()].toSorted()),
      end: (name) =>
        step('kill-session', () => {
          const identity = this.sessions.get(name);
          if (identity) this.processes.get(identity.pid)?.part.kill();
        }),
      stayReady: () => Promise.resolve(),
      letGo: () => Promise.resolve(),
      attachCommand: () => null,
    };
  }
}

/** The repository's main checkout. */
export const ROOT = '/sim/repository';

/** An attempt's folder is named by it. */
function attemptOf(directory: string): string {
  return directory.slice(directory.lastIndexOf('/') + 1);
}
