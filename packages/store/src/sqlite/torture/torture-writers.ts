import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const WRITER = fileURLToPath(new URL('./writer/main.ts', import.meta.url));

/** What the writers of one torture said so far. */
export interface Heard {
  readonly acknowledged: Set<string>;
  /** Ids that were acknowledged more than once: there must be none. */
  readonly twice: string[];
  /** Of every acknowledged commit. */
  readonly commitMs: number[];
  /** From each moment when all were killed at once to the next acknowledged commit. */
  readonly recoveryMs: number[];
  /** Why writers ended that nobody killed. */
  readonly complaints: string[];
  killed: number;
  stopped: number;
}

/** The processes that write. Each that is killed has a successor at once. */
export class TortureWriters {
  readonly heard: Heard = {
    acknowledged: new Set(),
    twice: [],
    commitMs: [],
    recoveryMs: [],
    complaints: [],
    killed: 0,
    stopped: 0,
  };
  readonly #path: string;
  readonly #writers = new Map<number, ChildProcess>();
  #started = 0;
  #run = 0;
  /** When all were killed, and nothing was committed yet. */
  #allKilledAt: number | null = null;

  constructor(path: string, count: number) {
    this.#path = path;
    for (let place = 0; place < count; place += 1) this.#start(place);
  }

  get count(): number {
    return this.#writers.size;
  }

  /** Kills those in these places in one moment; only when all are gone at once must the next one recover the log. */
  async kill(places: readonly number[]): Promise<void> {
    const victims = places.map((place) => this.#writers.get(place)).filter((victim) => victim !== undefined);
    const killedAt = performance.now();
    for (const victim of victims) victim.kill('SIGKILL');
    this.heard.killed += victims.length;
    // With the output of each goes what it said before.
    await Promise.all(victims.map(ended));
    if (victims.length === this.count) this.#allKilledAt = killedAt;
  }

  /** Stops one, perhaps in the middle of a transaction that the others wait for. Answers with the way to let it go on. */
  stop(place: number): () => void {
    const writer = this.#writers.get(place);
    writer?.kill('SIGSTOP');
    this.heard.stopped += 1;
    return () => writer?.kill('SIGCONT');
  }

  async end(): Promise<void> {
    const writers = [...this.#writers.values()];
    this.#writers.clear();
    for (const writer of writers) writer.kill('SIGKILL');
    this.heard.killed += writers.length;
    await Promise.all(writers.map(ended));
  }

  #start(place: number): void {
    this.#started += 1;
    const name = `writer-${this.#started}`;
    const writer = spawn(process.execPath, [WRITER, this.#path, name, String(this.#run)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#writers.set(place, writer);
    createInterface({ input: writer.stdout }).on('line', (line) => this.#hear(line));
    let complaint = '';
    writer.stderr.on('data', (chunk) => (complaint += String(chunk)));
    writer.once('close', (code) => {
      if (code !== null) this.heard.complaints.push(complaint || `exit code ${code}`);
      if (this.#writers.get(place) === writer) this.#start(place);
    });
  }

  #hear(line: string): void {
    const [id, run, took] = line.split(' ');
    // A line that was cut off by the kill was not said.
    if (id === undefined || run === undefined || took === undefined) return;
    if (this.heard.acknowledged.has(id)) this.heard.twice.push(id);
    this.heard.acknowledged.add(id);
    this.heard.commitMs.push(Number(took));
    this.#run = Math.max(this.#run, Number(run));
    if (this.#allKilledAt === null) return;
    this.heard.recoveryMs.push(performance.now() - this.#allKilledAt);
    this.#allKilledAt = null;
  }
}

async function ended(writer: ChildProcess): Promise<void> {
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'close');
}
