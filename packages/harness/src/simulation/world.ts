import { Kernel } from './kernel.ts';
import { Part } from './part.ts';
import { Random } from './random.ts';
import { SimulatedRepository } from './repository.ts';
import { SimulatedHome, type HomeOptions } from './simulated-home.ts';
import { ROOT } from './simulated-machine.ts';
import type { Violation } from './commit-invariants.ts';

const ID_LETTERS = '23456789abcdefghjkmnpqrstvwxyz';

/** What a simulated world is like, before chance has its way. */
export interface WorldOptions extends HomeOptions {
  readonly seed: number;
  /** Homes with a node each, which work on the same repository. */
  readonly homes: number;
  readonly trace?: (line: string) => void;
}

/** A repository, and the homes that work on it. */
export class World {
  readonly kernel: Kernel;
  readonly random: Random;
  readonly repository = new SimulatedRepository();
  readonly homes: SimulatedHome[] = [];
  readonly outside = new Part('world', 'the world');
  #ids = 0;

  private constructor({ seed, trace }: WorldOptions) {
    this.random = new Random(seed);
    this.kernel = new Kernel(this.random.fork(), trace ?? null);
    const first = this.repository.commit([], new Map([['README.md', 'A project.']]), 'Begin');
    this.repository.refs.set('refs/heads/main', first);
    this.repository.checkOut(ROOT, first).branch = 'main';
  }

  static async create(options: WorldOptions): Promise<World> {
    const world = new World(options);
    const { kernel, repository, outside } = world;
    for (let number = 1; number <= options.homes; number += 1) {
      const home = await SimulatedHome.create({
        name: `n${number}`,
        kernel,
        repository,
        outside,
        options,
        newId: () => world.#newId(),
        random: world.random.fork(),
      });
      world.homes.push(home);
    }
    return world;
  }

  /** The first that was seen in any home. */
  get violation(): Violation | null {
    for (const { invariants } of this.homes) if (invariants.violation !== null) return invariants.violation;
    return null;
  }

  async close(): Promise<void> {
    for (const home of this.homes) {
      home.daemon?.part.kill();
      await home.store.close();
    }
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
