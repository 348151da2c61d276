/**
 * Hosts that are being launched just now. To start a process takes the daemon two milliseconds in which it does nothing else,
 * so what nobody waits for lets them pass.
 */
export class Launches {
  #underWay = 0;
  #quiet: PromiseWithResolvers<void> | null = null;

  /** From here until the answer is called, at most once, a launch is under way. */
  begin(): () => void {
    this.#underWay += 1;
    this.#quiet ??= Promise.withResolvers();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#underWay -= 1;
      if (this.#underWay > 0) return;
      this.#quiet?.resolve();
      this.#quiet = null;
    };
  }

  /** Resolves when none is under way. */
  async quiet(): Promise<void> {
    while (this.#quiet !== null) await this.#quiet.promise;
  }
}
