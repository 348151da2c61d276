import { StoreError } from '@tina/store';
import type { Mishap } from './kernel.ts';
import type { Random } from './random.ts';
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

/** Lets faults happen to a world. */
export class FaultInjector {
  readonly #world: World;
  readonly #random: Random;
  readonly #left: Fault[];
  readonly happened = new Map<FaultKind, number>();
  #gitFailsUntil = 0;
  #diskIsFullUntil = 0;
  #connectionIsBadUntil = 0;

  constructor(world: World, faults: readonly Fault[], random: Random) {
    this.#world = world;
    this.#random = random;
    this.#left = [...faults];
    world.kernel.mischief = (part, name) => this.#before(part.name, name);
  }

  #before(part: string, name: string): Mishap {
    const { kernel } = this.#world;
    while (this.#left[0] !== undefined && this.#left[0].atStep <= kernel.taken)
      this.#happen(this.#left.shift()!);
    const { now } = kernel;
    if (part.startsWith('daemon')) {
      if (name.startsWith('git ') && now < this.#gitFailsUntil) return { refusal: new Error('git failed') };
      if (WRITES.test(name) && now < this.#diskIsFullUntil) {
        return { refusal: new StoreError({ code: 'disk_full', message: 'The disk is full.', next: [] }) };
      }
    }
    const isCall = part.startsWith('host') && !name.startsWith('hears');
    return isCall && now < this.#connectionIsBadUntil ? this.#badConnection() : {};
  }

  #badConnection(): Mishap {
    switch (this.#random.below(5)) {
      case 0:
        return { delayMs: this.#random.between(1, 20_000) };
      case 1:
        return { refusal: new Error('the connection broke') };
      case 2:
        return { lostAnswer: new Error('the connection broke') };
      case 3:
        return { isDoubled: true };
      default:
        return {};
    }
  }

  #happen({ kind, forMs, pick }: Fault): void {
    const { kernel, machine } = this.#world;
    kernel.note(`*** ${kind}`);
    this.happened.set(kind, (this.happened.get(kind) ?? 0) + 1);
    const until = kernel.now + forMs;
    switch (kind) {
      case 'kill daemon':
        return this.#world.killDaemon(forMs);
      case 'kill host':
        return this.#killProcess('host', pick);
      case 'kill agent':
        return this.#killProcess('agent', pick);
      case 'kill tmux server':
        return machine.killSessions();
      case 'power cut':
        machine.crash();
        return this.#world.killDaemon(forMs);
      case 'clock jumps':
        this.#world.clockError += (pick % 2 === 0 ? 1 : -1) * HOUR_MS;
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
        this.#gitFailsUntil = Math.max(this.#gitFailsUntil, until);
        return;
      case 'disk is full':
        this.#diskIsFullUntil = Math.max(this.#diskIsFullUntil, until);
        return;
      case 'connection is bad':
        this.#connectionIsBadUntil = Math.max(this.#connectionIsBadUntil, until);
        return;
    }
  }

  #killProcess(kind: 'host' | 'agent', pick: number): void {
    const found = [...this.#world.machine.processes.values()].filter((process) => process.kind === kind);
    found[pick % Math.max(1, found.length)]?.part.kill();
  }

  /** The user commits to the base, now and then to a file that agents write too. */
  #moveBase(pick: number): void {
    const { repository } = this.#world.machine;
    const checkout = repository.checkouts.get(ROOT);
    const base = repository.branch('main');
    if (!checkout || base === null) return;
    const path = pick % 3 === 0 ? `p1/${1 + (pick % 2)}.ts` : `user/${pick}.ts`;
    const files = new Map(repository.tree(base)).set(path, `by the user ${pick}`);
    repository.refs.set('refs/heads/main', repository.commit([base], files, 'The user works as well'));
    checkout.files.set(path, `by the user ${pick}`);
  }

  #tidyUp(): void {
    this.#world.machine.repository.checkouts.get(ROOT)?.files.delete('draft.txt');
  }
}

const HOUR_MS = 3_600_000;
const WRITES = /^store (?:commit|save|register|claim|renew|sweep)/;
