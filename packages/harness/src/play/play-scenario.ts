import type { EventView } from '@tina/contract';
import { setTimeout as sleep } from 'node:timers/promises';
import { FaultPlayer } from '../fault/fault-player.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { isResting } from '../watcher/ledger.ts';
import type { Notice } from '../watcher/notice.ts';
import { Watcher } from '../watcher/watcher.ts';
import { collectFacts, leftoversOf } from './collect-facts.ts';
import type { Facts, LaunchFacts, PlayEnd } from './facts.ts';
import { followRun, type RunFollower } from './follow-run.ts';
import { designPath } from './make-sandbox.ts';
import type { PlayOptions } from './play-options.ts';

const TICK_MS = 50;
/** Two seconds: what is listed has been sent to the followers before. */
const CATCH_UP_TRIES = 40;
/** Where nothing goes on by itself, the next moment of a fault has come by then. */
const REST_MS = 700;

/** Everything that goes on while one scenario is played. */
export class ScenarioPlay {
  readonly #sandbox: Sandbox;
  readonly #scenario: Scenario;
  readonly #options: PlayOptions;
  readonly #startedAt = Date.now();
  readonly #watcher: Watcher;
  readonly #faults: FaultPlayer;
  readonly #names: Record<string, string>;
  readonly #followers = new Map<string, RunFollower>();
  readonly #followed = new Map<string, number[]>();
  #lastEventAt = performance.now();
  readonly notices: Notice[] = [];

  constructor(sandbox: Sandbox, scenario: Scenario, options: PlayOptions) {
    this.#sandbox = sandbox;
    this.#scenario = scenario;
    this.#options = options;
    this.#watcher = new Watcher(this.#startedAt, scenario.limits);
    this.#names = { feature: scenario.feature, design: designPath(scenario), run: scenario.feature };
    this.#faults = new FaultPlayer(
      scenario.faults,
      { sandbox, names: this.#names },
      { startedAt: this.#startedAt, onPlayed: options.onPlayed },
    );
  }

  get playedFaults(): FaultPlayer['played'] {
    return this.#faults.played;
  }

  get startedAt(): number {
    return this.#startedAt;
  }

  /** Launches the run, plays its faults, waits for the end, and asks for all facts. Follows nothing any more when it is over. */
  async play(): Promise<Facts> {
    try {
      return await this.#play();
    } finally {
      await this.#endFollowing();
    }
  }

  async #play(): Promise<Facts> {
    const begin = await this.#sandbox.git('rev-parse', 'main');
    await this.#faults.launch();
    const launch = await this.#watched(this.#launch());
    const isLaunched = launch.code === 0;
    if (isLaunched) await this.#followNewRuns();
    const end = isLaunched ? await this.#untilEnd() : 'not-launched';
    await this.#faults.idle();
    const durationMs = Date.now() - this.#startedAt;
    const collected = await collectFacts(this.#sandbox, this.#scenario, this.#watcher.ledgers, begin);
    await this.#catchUp(collected.runs.map(({ view }) => [view.id, view.revision]));
    await this.#endFollowing();
    const leftovers = end === 'over' ? await leftoversOf(this.#sandbox) : [];
    return {
      end,
      launch,
      ...collected,
      leftovers,
      neverPlayed: this.#faults.neverPlayed,
      stepProblems: this.#faults.problems,
      complaints: [...this.#followers.values()].flatMap(({ complaints }) => complaints),
      followed: this.#followed,
      durationMs,
    };
  }

  async #launch(): Promise<LaunchFacts> {
    const { agent } = this.#options;
    const flags = [...this.#scenario.launch];
    if (!flags.includes('--finalize')) flags.push('--finalize', 'merge');
    if (agent.kind === 'configured') flags.push('--agent', agent.name);
    const design = designPath(this.#scenario);
    const named = ['--feature', this.#scenario.feature, '--detach', '--json'];
    return this.#sandbox.tina('orchestrate', design, ...named, ...flags);
  }

  /** Lets the watcher look at the clock while something is waited for. */
  async #watched<T>(waiting: Promise<T>): Promise<T> {
    const timer = setInterval(() => this.#say(this.#watcher.tick(Date.now())), TICK_MS);
    try {
      return await waiting;
    } finally {
      clearInterval(timer);
    }
  }

  /** Follows every run that is not followed yet. */
  async #followNewRuns(): Promise<void> {
    const runs =
      await this.#sandbox.json<readonly { readonly id: string; readonly createdAt: number }[]>('runs');
    for (const { id } of runs.toSorted((a, b) => a.createdAt - b.createdAt)) {
      if (this.#followers.has(id)) continue;
      if (this.#followers.size === 0) this.#names['run'] = id;
      this.#followed.set(id, []);
      this.#followers.set(
        id,
        followRun(this.#sandbox, id, (event) => this.#see(event)),
      );
    }
  }

  #see(event: EventView): void {
    this.#lastEventAt = performance.now();
    this.#followed.get(event.runId)?.push(event.number);
    this.#say(this.#watcher.see(event));
    const ledger = this.#watcher.ledgers.find(({ runId }) => runId === event.runId);
    if (ledger !== undefined) this.#faults.see(ledger, event);
  }

  #say(notices: readonly Notice[]): void {
    for (const notice of notices) {
      this.notices.push(notice);
      this.#options.onNotice(notice);
    }
  }

  async #untilEnd(): Promise<PlayEnd> {
    let commands = 0;
    for (;;) {
      const { commands: played } = this.#faults;
      const launches = played.slice(commands).some(({ args }) => args[0] === 'orchestrate');
      commands = played.length;
      if (launches) await this.#followNewRuns();
      this.#faults.tick();
      this.#say(this.#watcher.tick(Date.now()));
      const end = this.#endNow();
      if (end !== null) return end;
      await sleep(TICK_MS);
    }
  }

  #endNow(): PlayEnd | null {
    if (this.#options.signal.aborted) return 'interrupted';
    if (Date.now() - this.#startedAt > this.#scenario.limits.timeoutMs) return 'timeout';
    const { ledgers } = this.#watcher;
    if (this.#faults.isBusy || ledgers.length < this.#followers.size) return null;
    const isOver = ledgers.every(({ ended }) => ended !== null);
    if (isOver && this.#faults.neverPlayed.length === 0) return 'over';
    const isQuiet = performance.now() - this.#lastEventAt > REST_MS;
    if (!isQuiet || !ledgers.every(isResting)) return null;
    return isOver ? 'over' : 'resting';
  }

  /** Lets the followers come as far as what was listed. */
  async #catchUp(wanted: readonly (readonly [string, number])[]): Promise<void> {
    const isCaughtUp = (): boolean =>
      wanted.every(([id, revision]) => (this.#followed.get(id)?.at(-1) ?? 0) >= revision);
    for (let tries = 0; tries < CATCH_UP_TRIES && !isCaughtUp(); tries += 1) await sleep(TICK_MS);
  }

  async #endFollowing(): Promise<void> {
    const followers = [...this.#followers.values()];
    for (const follower of followers) follower.stop();
    await Promise.all(followers.map(({ ended }) => ended));
  }
}
