import { setTimeout as sleep } from 'node:timers/promises';
import type { EventView } from '@tina/contract';
import { Sandbox } from '../sandbox/sandbox.ts';
import { DebugPort, type HeldCommit } from './debug-port.ts';
import { launch } from './launch.ts';
import { CRASH_SANDBOX } from './play-plan.ts';
import type { Point, Tried } from './point.ts';
import { isCommitted, recoveryOf, replacementOf } from './recovery.ts';
import { judgeRun, NO_PROBLEM, type Verdict } from './verdict.ts';
import { chooseVictims, kill, struckBy, type Suspect, suspectsOf } from './victim.ts';

/** Slower than this is stuck. */
const HELD_TIMEOUT_MS = 45_000;
const END_TIMEOUT = '90s';
/** A host looks for 3 to 6 s before it starts a daemon. */
const HOST_RESTART_MS = 12_000;

/** Letting go takes half a millisecond on its way, the commit about one. */
const DURING_MS = 4;
const DURING_STEPS = 16;
/** So long is waited for a process of the kind, where none was there. */
const LATE_MS = 500;

/** One run that is killed at each of these points, one after the other, and then left to finish. */
export interface CrashPlayResult {
  readonly points: readonly Point[];
  readonly tried: readonly Tried[];
  readonly verdict: Verdict;
  readonly durationMs: number;
  /** Where the sandbox was kept because something was wrong; null else. */
  readonly kept: string | null;
}

interface Kill {
  readonly point: Point;
  readonly held: HeldCommit;
  readonly suspects: readonly Suspect[];
  readonly struck: readonly string[];
  readonly at: number;
  readonly restartedBy: Tried['restartedBy'];
  readonly isLate: boolean;
}

export interface CrashPlayOptions {
  /** Among several hosts or agents, which one. */
  readonly turn: number;
  /** Leaves the last restart of the daemon to the hosts, where there are some. */
  readonly leavesLast: boolean;
}

/** @param points of one victim, ascending */
export async function crashPlay(
  points: readonly Point[],
  options: CrashPlayOptions,
): Promise<CrashPlayResult> {
  const begunAt = performance.now();
  const sandbox = await Sandbox.create(CRASH_SANDBOX);
  const play = new CrashPlay(sandbox, points, options);
  let verdict = NO_PROBLEM;
  let tried: readonly Tried[] = [];
  try {
    await play.killAll();
    verdict = await play.finish();
    tried = play.tried(await sandbox.jsonLines<EventView>('events', 'sample'));
  } catch (error) {
    verdict = { ...verdict, stuck: [...verdict.stuck, (error as Error).stack ?? String(error)] };
  }
  const isWrong = Object.values(verdict).some((problems: readonly string[]) => problems.length > 0);
  if (isWrong) await sandbox.halt();
  else await sandbox.dispose();
  return {
    points,
    tried,
    verdict,
    durationMs: performance.now() - begunAt,
    kept: isWrong ? sandbox.path : null,
  };
}

class CrashPlay {
  readonly #sandbox: Sandbox;
  readonly #points: readonly Point[];
  readonly #options: CrashPlayOptions;
  readonly #kills: Kill[] = [];
  readonly #nobody = new Map<Point, HeldCommit>();
  #port: DebugPort | null = null;
  #run: string | null = null;

  constructor(sandbox: Sandbox, points: readonly Point[], options: CrashPlayOptions) {
    this.#sandbox = sandbox;
    this.#points = points;
    this.#options = options;
  }

  async killAll(): Promise<void> {
    this.#port = await DebugPort.open(this.#sandbox);
    const queue = [...this.#points];
    let next = await this.#pauseAtNext(queue);
    const launched = await launch(this.#sandbox);
    while (next !== null) {
      const held = await this.#port.untilHeld(HELD_TIMEOUT_MS);
      if (held === null) break;
      // A run whose first commit is lost with its daemon is made anew, with another id.
      this.#run = next.side !== 'after' && next.event === 1 ? null : held.run;
      next = await this.#killAt(next, held, queue);
    }
    this.#port.close();
    await launched.done();
  }

  /** Asks for the next point that the run has not passed. */
  async #pauseAtNext(queue: Point[]): Promise<Point | null> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { event, side } = next;
      const when = side === 'after' ? 'after' : 'before';
      const run = this.#run === null ? {} : { run: this.#run };
      if (await this.#port?.pause({ ...run, event, when })) return next;
    }
    return null;
  }

  async #killAt(point: Point, held: HeldCommit, queue: Point[]): Promise<Point | null> {
    const all = await suspectsOf(this.#sandbox);
    const suspects = this.#choose(all, point);
    if (!suspects.some(({ kind }) => kind === 'daemon'))
      return await this.#killBeside(point, held, queue, all);
    if (point.side === 'during') await this.#letGoAndWait();
    this.#port?.close();
    const killed = killNow(suspects, all);
    const hasHost = point.victim === 'daemon' && all.some(({ kind }) => kind === 'host');
    const isLeft = hasHost && this.#options.leavesLast && queue.length === 0;
    const restartedBy = isLeft ? await this.#untilRestarted() : 'command';
    this.#kills.push({ ...killed, point, held, restartedBy, isLate: false });
    if (isLeft) return null;
    this.#port = await DebugPort.open(this.#sandbox);
    return await this.#pauseAtNext(queue);
  }

  /** The time a commit takes, or less, or more: the longer, the more plays there were. */
  async #letGoAndWait(): Promise<void> {
    this.#port?.goOn().catch(() => undefined);
    // The call leaves this process first.
    await new Promise(setImmediate);
    const step = (this.#options.turn * 7 + this.#kills.length * 3) % DURING_STEPS;
    const until = performance.now() + (step * DURING_MS) / DURING_STEPS;
    while (performance.now() < until);
  }

  /** The daemon lives and is let go then; the next pause is asked for before that, so that no event slips by. */
  async #killBeside(
    point: Point,
    held: HeldCommit,
    queue: Point[],
    all: readonly Suspect[],
  ): Promise<Point | null> {
    const suspects = this.#choose(all, point);
    const about = { point, held, restartedBy: null };
    if (suspects.length > 0) this.#kills.push({ ...killNow(suspects, all), ...about, isLate: false });
    const next = await this.#pauseAtNext(queue);
    await this.#port?.goOn();
    if (suspects.length > 0) return next;
    const late = await this.#killNextToCome(point);
    if (late === null) this.#nobody.set(point, held);
    else this.#kills.push({ ...late, ...about, isLate: true });
    return next;
  }

  async #killNextToCome(point: Point): Promise<Struck | null> {
    const deadline = performance.now() + LATE_MS;
    while (performance.now() < deadline) {
      const all = await suspectsOf(this.#sandbox);
      const suspects = this.#choose(all, point);
      if (suspects.length > 0) return killNow(suspects, all);
    }
    return null;
  }

  #choose(all: readonly Suspect[], { victim }: Point): readonly Suspect[] {
    return chooseVictims(all, victim, this.#options.turn + this.#kills.length);
  }

  /** Looks from outside, because a command would start the daemon. A host that no daemon has answered yet starts none. */
  async #untilRestarted(): Promise<'host' | 'command'> {
    const deadline = performance.now() + HOST_RESTART_MS;
    while (performance.now() < deadline) {
      if ((await suspectsOf(this.#sandbox)).some(({ kind }) => kind === 'daemon')) return 'host';
      await sleep(100);
    }
    return 'command';
  }

  async finish(): Promise<Verdict> {
    await this.#sandbox.wait('sample', END_TIMEOUT);
    return judgeRun(this.#sandbox);
  }

  tried(events: readonly EventView[]): readonly Tried[] {
    return this.#points.map((point): Tried => {
      const kill = this.#kills.find((one) => one.point === point);
      const held = kill?.held ?? this.#nobody.get(point);
      const base = { point, types: held?.events.map(({ type }) => type) ?? [] };
      if (kill === undefined) {
        const outcome = held === undefined ? 'missed' : 'nobody';
        return {
          ...base,
          outcome,
          killed: [],
          isCommitted: null,
          recoveryMs: null,
          replacementMs: null,
          restartedBy: null,
        };
      }
      return {
        ...base,
        outcome: kill.isLate ? 'later' : 'killed',
        killed: kill.suspects.map(({ kind }) => kind),
        isCommitted: point.side === 'during' ? isCommitted(events, kill) : null,
        recoveryMs: recoveryOf(events, kill),
        replacementMs: replacementOf(events, kill),
        restartedBy: kill.restartedBy,
      };
    });
  }
}

type Struck = Pick<Kill, 'suspects' | 'struck' | 'at'>;

/** Who was killed, whose attempts that strikes, and when: milliseconds since 1970. */
function killNow(suspects: readonly Suspect[], all: readonly Suspect[]): Struck {
  for (const suspect of suspects) kill(suspect);
  return { suspects, struck: struckBy(suspects, all), at: Date.now() };
}
