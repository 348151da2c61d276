import { type ProcedureName, procedures, TinaError } from '@tina/contract';
import { BrokenPromise, type FuzzTarget, type Trial, type Verdict } from '../fuzz-target.ts';
import { mutatedValue } from '../input/mutate-value.ts';
import { NASTY_NAMES } from '../input/nasty.ts';
import type { Random } from '../input/random.ts';
import { DESIGNS } from './corpus.ts';
import { openWorld, type World } from './world.ts';

/** Refusals of the form of a call, which leave no trace at all. */
const FORM_CODES: ReadonlySet<string> = new Set(['bad_input', 'unknown_call']);

/** Every procedure of the contract, called with inputs that were right before they were changed. */
export const PROCEDURES_TARGET: FuzzTarget = { name: 'procedures', share: 2, open: openProcedures };

async function openProcedures(): ReturnType<FuzzTarget['open']> {
  const home = new Home(await openWorld());
  return {
    make(random) {
      const call = callFor(random, home.world);
      const text = JSON.stringify(call);
      return { size: text.length, show: () => text, run: () => home.serve(call) } satisfies Trial;
    },
    close: () => home.world.close(),
  };
}

interface Call {
  readonly name: string;
  readonly input: unknown;
  readonly asAgent: boolean;
}

/** The world that calls go to: as it was at first, for each of them, so that each can be repeated alone. */
class Home {
  world: World;
  #actions = -1;
  #print = '';

  constructor(world: World) {
    this.world = world;
  }

  async serve({ name, input, asAgent }: Call): Promise<Verdict> {
    if (this.#print === '') await this.#look();
    const { world } = this;
    let refusal: TinaError | null = null;
    try {
      await world.call(name, input, asAgent ? world.agent : world.operator);
    } catch (error) {
      refusal = refusalOf(error);
    }
    const isChanged = (await world.print()) !== this.#print;
    const isRecorded = (await world.actions()) !== this.#actions;
    if (isChanged || isRecorded) await this.#renew();
    if (refusal === null) return 'accepted';
    if (isChanged)
      throw new BrokenPromise(`${name} was refused (${refusal.code}) and changed what is stored`);
    if (isRecorded && FORM_CODES.has(refusal.code))
      throw new BrokenPromise(`${name} was refused for its form, and recorded`);
    if (refusal.code === 'bad_input' && refusal.place === null)
      throw new BrokenPromise(`${name} was refused without a place`);
    return 'refused';
  }

  async #renew(): Promise<void> {
    await this.world.close();
    this.world = await openWorld();
    await this.#look();
  }

  async #look(): Promise<void> {
    this.#print = await this.world.print();
    this.#actions = await this.world.actions();
  }
}

/** @throws what is no refusal */
function refusalOf(error: unknown): TinaError {
  if (error instanceof TinaError) return error;
  const { code, next } = error as { readonly code?: unknown; readonly next?: unknown };
  if (error instanceof Error && typeof code === 'string' && Array.isArray(next))
    return new TinaError({ code, message: error.message });
  throw error;
}

const NAMES = (Object.keys(procedures) as ProcedureName[]).filter(
  // The process answers `daemon.` itself, without an input; `host.` is the target `hosts`.
  (name) => !name.startsWith('daemon.') && !name.startsWith('host.'),
);

function callFor(random: Random, world: World): Call {
  const name = random.oneIn(40) ? random.pick(NASTY_NAMES) : random.pick(NAMES);
  const isForAgents = name === 'agent.report';
  const asAgent = random.oneIn(12) ? !isForAgents : isForAgents;
  const input = rightInput(random, name, world);
  return { name, asAgent, input: random.oneIn(15) ? input : mutatedValue(random, input) };
}

/** An input that fits every field of any procedure; each call takes those that it knows. */
function rightInput(random: Random, name: string, { runId, agent }: World): object {
  if (name === 'agent.report') return { report: { kind: 'validation', status: 'pass', text: 'good' } };
  const fields: Record<string, unknown> = {
    idempotencyKey: 'a key of this call',
    run: runId,
    task: `${runId}-t1`,
    gate: `${runId}-g1`,
    attempt: agent.attemptId,
    designPath: '/srv/app/other.md',
    designText: DESIGNS[0],
    directory: '/srv/app',
    feature: 'other',
    now: true,
    reason: 'why not',
    choice: 'keep',
    comment: 'so',
    dryRun: true,
    after: 1,
    limit: 10,

    afterAction: 0,
    active: true,
    fresh: true,
    parallel: 2,
    preset: 'fast',
    finalize: 'keep',
    all: false,
  };
  const schema = (procedures as Record<string, { readonly input: object } | undefined>)[name]?.input;
  const shape = schema && 'shape' in schema ? Object.keys(schema.shape as object) : Object.keys(fields);
  const known = shape.filter((key) => key in fields && (key === 'idempotencyKey' || !random.oneIn(8)));
  return Object.fromEntries(known.map((key) => [key, fields[key]]));
}
