import { isStuck, type RunState, unsettledAttempts } from '@tina/domain';
import { Part } from './part.ts';
import type { Random } from './random.ts';
import { callDaemon } from './simulated-daemon.ts';
import { ROOT } from './simulated-machine.ts';
import type { Kernel } from './kernel.ts';
import type { SimulatedHome } from './simulated-home.ts';
import { type Call, editOfWaiting, someMeddling } from './meddling.ts';

const RETRY_MS = 1_000;
const LOOK_MS = 30_000;
/** How often a person retries what is blocked before the task is skipped, and at last the run cancelled. */
const RETRIES = 4;

/** A person: starts runs, meddles with them, and helps where a run says that it needs somebody. */
export class Operator {
  readonly #home: SimulatedHome;
  readonly #kernel: Kernel;
  readonly #random: Random;
  readonly #part: Part;
  readonly #helped = new Map<string, number>();
  /** Calls that were answered, by procedure and outcome; other operators count here as well. */
  readonly #answers: Map<string, number>;
  #isMeddling = true;
  #started = 0;

  constructor(
    home: SimulatedHome,
    kernel: Kernel,
    { random, answers }: { readonly random: Random; readonly answers: Map<string, number> },
  ) {
    this.#home = home;
    this.#kernel = kernel;
    this.#random = random;
    this.#answers = answers;
    this.#part = new Part('person', `operator of ${home.name}`, home.name);
  }

  /** Starts a run of each design, and does so many other things at times that chance chooses. */
  begin(
    designs: readonly string[],
    meddling: { readonly actions: number; readonly edits: number; readonly withinMs: number },
  ): void {
    const { actions, edits, withinMs } = meddling;
    for (const [index, designText] of designs.entries()) {
      this.#after(index * 5_000, () => {
        const designPath = `${ROOT}/docs/${this.#home.name}-${index + 1}-design.md`;
        void this.#say({ name: 'run.create', input: { designPath, designText, directory: ROOT } }).then(
          () => {
            this.#started += 1;
          },
        );
      });
    }
    for (let action = 0; action < actions; action += 1) {
      this.#after(this.#random.between(0, withinMs), () => void this.#meddle());
    }
    if (edits > 0) this.#editLater(edits);
    this.#after(withinMs, () => {
      this.#isMeddling = false;
    });
    this.#lookAfter(designs.length);
  }

  #after(delayMs: number, work: () => void): void {
    this.#kernel.after(this.#part, delayMs, 'acts', work);
  }

  #lookAfter(designs: number): void {
    this.#after(LOOK_MS, () => {
      void this.#look(designs).then((isOver) => {
        if (!isOver) this.#lookAfter(designs);
      });
    });
  }

  async #look(designs: number): Promise<boolean> {
    const runs = await this.#runs();
    if (this.#isMeddling) return false;
    for (const run of runs) await this.#help(run);
    return this.#started === designs && runs.every((run) => run.control === 'ended');
  }

  /** What the run says that it needs. */
  async #help(run: RunState): Promise<void> {
    const { id } = run;
    if (run.control === 'paused') await this.#say({ name: 'run.resume', input: { run: id } });
    for (const gate of Object.values(run.gates).filter(({ status }) => status === 'open')) {
      const isEnd = gate.kind === 'finalize';
      await this.#say(
        isEnd
          ? {
              name: 'run.finalize',
              input: { run: id, choice: this.#random.pick(['merge', 'keep', 'discard', 'pr']) },
            }
          : { name: 'gate.approve', input: { gate: gate.id } },
      );
    }
    if (run.blocked === null) return;
    for (const { taskId } of run.blocked) {
      const helped = (this.#helped.get(taskId) ?? 0) + 1;
      this.#helped.set(taskId, helped);
      if (helped <= RETRIES) await this.#say({ name: 'task.retry', input: { task: taskId } });
      else if (helped === RETRIES + 1) {
        await this.#say({ name: 'task.skip', input: { task: taskId, reason: 'It does not work.' } });
      } else await this.#say({ name: 'run.cancel', input: { run: id } });
    }
  }

  /** As the screen shows them: what the events say. */
  #runs(): Promise<readonly RunState[]> {
    return this.#kernel.ask(this.#part, 'looks', () => this.#home.invariants.states);
  }

  /** Anything at any time; most of it is refused, and a refusal changes nothing. */
  async #meddle(): Promise<void> {
    const run = this.#random.pick(await this.#runs());
    if (run !== undefined) await this.#say(someMeddling(run, this.#random));
  }

  /** Looks again and again until a task can be edited. */
  #editLater(left: number): void {
    this.#after(this.#random.between(200, 3_000), () => {
      if (this.#isMeddling) void this.#edit(left);
    });
  }

  async #edit(left: number): Promise<void> {
    const tasks = (await this.#runs()).flatMap((run) => Object.values(run.tasks));
    const call = editOfWaiting(tasks, this.#random);
    if (call !== null) await this.#say(call);
    const still = call === null ? left : left - 1;
    if (still > 0) this.#editLater(still);
  }

  /** Says it with one idempotency key until there is an answer, as a good client does. */
  async #say({ name, input }: Call): Promise<void> {
    const kernel = this.#kernel;
    const idempotencyKey = this.#key();
    for (;;) {
      const { daemon } = this.#home;
      try {
        if (daemon === null) throw new Error('there is no daemon');
        await callDaemon(kernel, this.#part, daemon, { name, input: { ...input, idempotencyKey } });
        return this.#count(`${name} accepted`);
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : null;
        if (code !== null && code !== 'disk_full') return this.#count(`${name} refused`);
        kernel.note(`operator: ${name}: ${String(error)}`);
        await new Promise<void>((resolve) => {
          this.#after(RETRY_MS, resolve);
        });
      }
    }
  }

  #key(): string {
    return `key-${this.#random.below(1_000_000_000)}-${this.#random.below(1_000_000_000)}`;
  }

  #count(what: string): void {
    this.#answers.set(what, (this.#answers.get(what) ?? 0) + 1);
  }
}

/** Whether nothing of a run is left to do, by itself or with help. */
export function isAtRest(run: RunState): boolean {
  return run.control === 'ended' && run.slotsRemoval !== 'requested' && unsettledAttempts(run).every(isStuck);
}
