import type { EventView } from '@tina/contract';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '../scenario/fault.ts';
import type { Ledger } from '../watcher/ledger.ts';
import { matches, momentText } from './matches.ts';
import { type PlayedCommand, playStep, type StepContext } from './play-step.ts';

/** A step of a fault that was played, for the log and the report. */
export interface PlayedFault {
  readonly afterMs: number;
  readonly text: string;
}

export interface FaultPlayerOptions {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Is told of each step when it begins. */
  readonly onPlayed: (played: PlayedFault) => void;
}

/** Plays each fault of a scenario once, when its moment has come, one after the other. */
export class FaultPlayer {
  readonly #pending: Set<Fault>;
  readonly #counts = new Map<Fault, number>();
  readonly #context: StepContext;
  readonly #options: FaultPlayerOptions;
  #queue: Promise<void> = Promise.resolve();
  #underWay = 0;
  readonly played: PlayedFault[] = [];
  readonly commands: PlayedCommand[] = [];
  /** What was not as the scenario says. */
  readonly problems: string[] = [];

  constructor(faults: readonly Fault[], context: StepContext, options: FaultPlayerOptions) {
    this.#pending = new Set(faults);
    this.#context = context;
    this.#options = options;
  }

  /** True while a fault is being played. */
  get isBusy(): boolean {
    return this.#underWay > 0;
  }

  /** Moments that have not come. */
  get neverPlayed(): readonly string[] {
    return [...this.#pending].map(({ at }) => momentText(at));
  }

  /** Plays what is to be played before the launch. */
  async launch(): Promise<void> {
    for (const fault of this.#pending) if (fault.at.kind === 'launch') this.#begin(fault);
    await this.#queue;
  }

  see(ledger: Ledger, event: EventView): void {
    for (const fault of this.#pending) {
      const { at } = fault;
      if (at.kind !== 'event' || !matches(at, ledger, event)) continue;
      const count = (this.#counts.get(fault) ?? 0) + 1;
      this.#counts.set(fault, count);
      if (count === at.nth) this.#begin(fault);
    }
  }

  /** Looks for agents that have come to the points that faults wait for. */
  tick(): void {
    const folder = join(this.#context.sandbox.repository, 'at');
    for (const fault of this.#pending)
      if (fault.at.kind === 'reached' && existsSync(join(folder, fault.at.point))) this.#begin(fault);
  }

  /** Waits until nothing is being played any more. */
  idle(): Promise<void> {
    return this.#queue;
  }

  #begin(fault: Fault): void {
    this.#pending.delete(fault);
    this.#underWay += 1;
    this.#queue = this.#queue.then(async () => {
      await this.#play(fault);
      this.#underWay -= 1;
    });
  }

  async #play(fault: Fault): Promise<void> {
    for (const step of fault.steps) {
      const detail =
        'target' in step ? ` ${step.target}` : step.kind === 'tina' ? ` ${step.args.join(' ')}` : '';
      const text = `${step.kind}${detail}`;
      const played = { afterMs: Date.now() - this.#options.startedAt, text };
      this.played.push(played);
      this.#options.onPlayed(played);
      try {
        const { command, problem } = await playStep(step, this.#context);
        if (command !== null) this.commands.push(command);
        if (problem !== null) this.problems.push(problem);
      } catch (error) {
        this.problems.push(`${text} at ${momentText(fault.at)}: ${(error as Error).message}`);
      }
    }
  }
}
