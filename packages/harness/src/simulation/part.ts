/**
 * A process of the simulated world: a daemon, an agent host, an agent, a person. It lives until it is killed; then nothing it
 * asked for is answered, and nothing it waited for comes. The code that runs in it notices nothing, as in a process that is
 * killed. Frozen, it does nothing until it thaws, and then goes on as if no time had passed.
 */
export class Part {
  readonly name: string;
  /** The home whose process it is; empty for who belongs to none. */
  readonly home: string;
  readonly kind: PartKind;
  /** Whether somebody has taken its place: it has the store still, and the machine no more. */
  isSupplanted = false;
  #isAlive = true;
  #frozenUntil = 0;
  readonly #onKilled = new Set<() => void>();

  constructor(kind: PartKind, name: string, home = '') {
    this.kind = kind;
    this.name = name;
    this.home = home;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** A time of the kernel's clock; in the past when it is not frozen. */
  get frozenUntil(): number {
    return this.#frozenUntil;
  }

  freeze(until: number): void {
    this.#frozenUntil = Math.max(this.#frozenUntil, until);
  }

  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    const callbacks = [...this.#onKilled];
    this.#onKilled.clear();
    for (const callback of callbacks) callback();
  }

  /** Answers with the way to call it off. */
  onKilled(callback: () => void): () => void {
    this.#onKilled.add(callback);
    return () => this.#onKilled.delete(callback);
  }
}

export type PartKind = 'daemon' | 'host' | 'agent' | 'person' | 'world';
