import type { CrashPlayResult } from './crash-play.ts';

const EVERY_MS = 15_000;

/** Tells how far it has come: on a terminal after each play in one line, else now and then on a line of its own. */
export class Progress {
  readonly #total: number;
  readonly #begunAt = performance.now();
  #toldAt = 0;
  #done = 0;
  #failed = 0;

  constructor(total: number) {
    this.#total = total;
  }

  played({ tried, kept }: CrashPlayResult): void {
    this.#done += tried.filter(({ outcome }) => outcome !== 'missed').length;
    if (kept !== null) this.#failed += 1;
    const now = performance.now();
    if (!process.stderr.isTTY && now - this.#toldAt < EVERY_MS) return;
    this.#toldAt = now;
    const perMinute = this.#done / ((now - this.#begunAt) / 60_000);
    const minutesLeft = (this.#total - this.#done) / Math.max(perMinute, 0.1);
    const text = `${this.#done} of ${this.#total} points, ${perMinute.toFixed(0)} a minute, ${minutesLeft.toFixed(0)} min left, ${this.#failed} plays failed`;
    process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
  }

  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  }
}
