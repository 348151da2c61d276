import { StoreError } from '@tina/store';
import type { Mishap } from './kernel.ts';
import type { Part } from './part.ts';
import type { Random } from './random.ts';
import type { SimulatedHome } from './simulated-home.ts';
import { ROOT } from './simulated-machine.ts';
import type { World } from './world.ts';

export const FAULT_KINDS = [
  'kill daemon',
  'kill host',
  'kill agent',
  'kill tmux server',
  'power cut',
  'clock jumps',
  'base moves',
  'checkout is dirty',
  'worktree is deleted',
  'git fails',
  'disk is full',
  'connection is bad',
  'daemon stands still',
  'daemon is supplanted',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** One thing that goes wrong at a step of the world's history. */
export interface Fault {
  readonly kind: FaultKind;
  /** At the first step from this one on that asks something of the world. */
  readonly atStep: number;
  /** How long it lasts, or how long who was killed stays away. */
  readonly forMs: number;
  /** Chooses among what it may hit. */
  readonly pick: number;
}

/** Most histories have a few faults, some have none, and some have many. */
export function someFaults(random: Random, steps: number): readonly Fault[] {
  const count = random.pick([0, 1, 2, 3, 5, 9]);
  const faults = Array.from({ length: count }, () => ({
    kind: random.pick(FAULT_KINDS),
    atStep: random.below(steps),
    forMs: random.pick([10, 500, 5_000, 20_000, 90_000]),
    pick: random.below(1_000),
  }));
  return faults.toSorted((a, b) => a.atStep - b.atStep);
}

/** A step at which a fault could have happened. */
export interface Chance {
  readonly step: number;
  /** Whether a host or an agent lived then. */
  readonly isAnyAtWork: boolean;
}

/** Until when something of a home is out of order. */
interface Outage {
  git: number;
  disk: number;
  connection: number;
}

/** Lets faults happen to a world. */
export class FaultInjector {
  readonly #world: World;
  readonly #random: Random;
  readonly #left: Fault[];
  readonly happened = new Map<FaultKind, number>();
  readonly chances: Chance[] = [];
  readonly #outages = new Map<string, Outage>();

  constructor(world: World, faults: readonly Fault[], random: Random) {
    this.#world = world;
    this.#random = random;
    this.#left = [...faults];
    world.kernel.mischief = (part, name) => this.#before(part, name);
  }

  #before(part: Part, name: string): Mishap {
    const { taken, now } = this.#world.kernel;
    const isAnyAtWork = this.#world.homes.some(({ machine }) => machine.processes.size > 0);
    this.chances.push({ step: taken, isAnyAtWork });
    while (this.#left[0] !== undefined && this.#left[0].atStep <= taken) this.#happen(this.#left.shift()!);
    if (part.isSupplanted && !name.startsWith('store '))
      return { refusal: new Error('the machine is another’s') };
    const outage = this.#outages.get(part.home);
    if (outage === undefined) return {};
    if (part.kind === 'daemon') {
      if (name.startsWith('git ') && now < outage.git) return { refusal: new Error('git failed') };
      if (WRITES.test(name) && now < outage.disk) {
        return { refusal: new StoreError({ code: 'disk_full', message: 'The disk is full.', next: [] }) };
      }
    }
    return now < outage.connection && isCall(part, name) ? this.#badConnection() : {};
  }

  #badConnection(): Mishap {
    const error = new Error('the connection broke');
    switch (this.#random.below(6)) {
      case 0:
        return { delayMs: this.#random.between(1, 20_000) };
      case 1:
        return { refusal: error };
      case 2:
        return { lostAnswer: error };
      case 3:
        return { isDoubled: true };
      case 4:
        return { overtaken: { error, afterMs: this.#random.between(1, 5_000) } };
      default:
        return {};
    }
  }

  #happen({ kind, forMs, pick }: Fault): void {
    const { kernel, homes } = this.#world;
    const home = homes[pick % homes.length] as SimulatedHome;
    const { machine } = home;
    kernel.note(`*** ${kind} (${home.name})`);
    this.happened.set(kind, (this.happened.get(kind) ?? 0) + 1);
    const until = kernel.now + forMs;
    switch (kind) {
      case 'kill daemon':
        return home.killDaemon(forMs);
      case 'kill host':
        return killProcess(home, 'host', pick);
      case 'kill agent':
        return killProcess(home, 'agent', pick);
      case 'kill tmux server':
        return machine.killSessions();
      case 'power cut':
        machine.crash();
        return home.killDaemon(forMs);
      case 'clock jumps':
        home.clockError += (pick % 2 === 0 ? 1 : -1) * HOUR_MS;
        return;
      case 'base moves':
        return this.#moveBase(pick);
      case 'checkout is dirty':
        machine.repository.checkouts.get(ROOT)?.files.set('draft.txt', 'not committed');
        kernel.after(this.#world.outside, forMs, 'the user tidies up', () => this.#tidyUp());
        return;
      case 'worktree is deleted': {
        const slots = [...machine.repository.checkouts.keys()].filter((path) => path !== ROOT);
        const path = slots[pick % Math.max(1, slots.length)];
        if (path !== undefined) machine.repository.checkouts.delete(path);
        return;
      }
      case 'git fails':
        return this.#breaks(home, 'git', until);
      case 'disk is full':
        return this.#breaks(home, 'disk', until);
      case 'connection is bad':
        return this.#breaks(home, 'connection', until);
      case 'daemon stands still':
        return home.daemon?.part.freeze(until);
      case 'daemon is supplanted':
        return home.supplantDaemon(forMs, LIVES_ON_MS);
    }
  }

  #breaks({ name }: SimulatedHome, what: keyof Outage, until: number): void {
    const outage = this.#outages.get(name) ?? { git: 0, disk: 0, connection: 0 };
    outage[what] = Math.max(outage[what], until);
    this.#outages.set(name, outage);
  }

  /** The user commits to the base, now and then to a file that agents write too. */
  #moveBase(pick: number): void {
    const { repository } = this.#world;
    const checkout = repository.checkouts.get(ROOT);
    const base = repository.branch('main');
    if (!checkout || base === null) return;
    const path = pick % 3 === 0 ? `p1/${1 + (pick % 2)}.ts` : `user/${pick}.ts`;
    const files = new Map(repository.tree(base)).set(path, `by the user ${pick}`);
    repository.refs.set('refs/heads/main', repository.commit([base], files, 'The user works as well'));
    checkout.files.set(path, `by the user ${pick}`);
  }

  #tidyUp(): void {
    this.#world.repository.checkouts.get(ROOT)?.files.delete('draft.txt');
  }
}

function killProcess({ machine }: SimulatedHome, kind: 'host' | 'agent', pick: number): void {
  const found = [...machine.processes.values()].filter((process) => process.kind === kind);
  found[pick % Math.max(1, found.length)]?.part.kill();
}

/** What goes over a connection to a daemon. */
function isCall({ kind }: Part, name: string): boolean {
  if (kind === 'host') return !name.startsWith('hears');
  return (kind === 'agent' || kind === 'person') && name.includes('.');
}

/** How long a daemon that was supplanted goes on before somebody ends it. */
const LIVES_ON_MS = 40_000;
const HOUR_MS = 3_600_000;
const WRITES = /^store (?:commit|save|register|claim|renew|sweep)/;
