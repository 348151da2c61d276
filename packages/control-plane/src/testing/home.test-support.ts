import {
  procedures,
  type ProcedureInput,
  type ProcedureName,
  type ProcedureOutput,
  type Remains,
  TinaError,
} from '@tina/contract';
import { evolve, initialState, type RunState, runStatus } from '@tina/domain';
import { openSqliteStore, type Store } from '@tina/store';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { onTestFinished } from 'vitest';
import { type ControlPlane, createControlPlane } from '../control-plane.ts';
import type { Caller, Handlers } from '../server/handler.ts';
import { serveCall } from '../server/serve.ts';
import { createFakeMachine, type FakeMachine } from './fake-machine.test-support.ts';
import { FakeNode } from './fake-node.test-support.ts';
import { TWO_PHASES } from './fake-work.test-support.ts';

export const OPERATOR: Caller = { kind: 'operator', name: 'ada' };

type Subscription = 'run.watch' | 'event.watch' | 'timeline.watch';

/** A Tina in this process: the control plane on a real store, with a machine and a node that are made up. */
export interface Home {
  readonly store: Store;
  readonly machine: FakeMachine;
  readonly controlPlane: ControlPlane;
  readonly node: FakeNode;
  readonly clock: ManualClock;
  /** What was reported as nobody's mistake but ours. */
  readonly errors: unknown[];
  readonly handlers: Handlers;
  call<Name extends Exclude<ProcedureName, Subscription>>(
    name: Name,
    input: ProcedureInput<Name>,
    caller?: Caller,
  ): Promise<ProcedureOutput<Name>>;
  watch<Name extends Subscription>(
    name: Name,
    input: ProcedureInput<Name>,
    signal?: AbortSignal,
  ): AsyncIterableIterator<ProcedureOutput<Name>>;
  /** Starts a run of a design with two phases, unless the input says otherwise. */
  startRun(input?: Partial<ProcedureInput<'run.create'>>): Promise<string>;
  state(runId: string): Promise<RunState>;
}

export interface ManualClock {
  now: () => number;
  advance(ms: number): void;
}

function manualClock(start = 1_800_000_000_000): ManualClock {
  let now = start;
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
  };
}

let keys = 0;
/** A key that was never used. */
export function newKey(): string {
  keys += 1;
  return `key-${keys}-of-this-test`;
}

export interface HomeOptions {
  /** In memory when it is not given. */
  readonly path?: string;
  readonly clock?: ManualClock;
  readonly machine?: FakeMachine;
  /** What is left on the machine; nothing is looked at when it is not given. */
  readonly remains?: Remains;
  /** Told apart by the start of their ids, for several on one store. */
  readonly name?: string;
}

export async function openHome(options: HomeOptions = {}): Promise<Home> {
  const clock = options.clock ?? manualClock();
  const store = await openSqliteStore({
    path: options.path ?? ':memory:',
    model: { initial: initialState, evolve, status: runStatus },
    clock: () => clock.now(),
  });
  return openOnStore(store, { ...options, clock });
}

export function openOnStore(store: Store, options: HomeOptions & { readonly clock: ManualClock }): Home {
  const machine = options.machine ?? createFakeMachine();
  const errors: unknown[] = [];
  let ids = 0;
  const controlPlane = createControlPlane({
    store,
    machine,
    ...(options.remains ? { remains: options.remains } : {}),
    nodeId: 'here',
    newId: () => `${options.name ?? 'x'}${String((ids += 1)).padStart(9, '0')}`,
    onError: (error) => errors.push(error),
  });
  onTestFinished(async () => {
    await controlPlane.stop();
    await store.close();
  });
  const handlers = controlPlane.handlers as Handlers;
  const home: Home = {
    store,
    machine,
    controlPlane,
    node: new FakeNode(controlPlane.node, 'here'),
    clock: options.clock,
    errors,
    handlers,
    async call(name, input, caller = OPERATOR) {
      const context = { caller, token: null, signal: new AbortController().signal };
      const answer = await serveCall(handlers, name, input, context, controlPlane.refuseAgent);
      return asDescribed(name, answer);
    },
    watch(name, input, signal = new AbortController().signal) {
      const context = { caller: OPERATOR, token: null, signal };
      return serveCall(handlers, name, input, context) as AsyncIterableIterator<never>;
    },
    async startRun(input = {}) {
      if (home.node.incarnation === 0) await home.node.register();
      return (await home.call('run.create', createInput(input))).runId;
    },
    async state(runId) {
      const state = await store.loadRun(runId);
      if (!state) throw new Error(`there is no run ${runId}`);
      return state;
    },
  };
  return home;
}

export function createInput(input: Partial<ProcedureInput<'run.create'>> = {}): ProcedureInput<'run.create'> {
  return {
    idempotencyKey: newKey(),
    designPath: '/srv/app/docs/shelf-design.md',
    designText: TWO_PHASES,
    directory: '/srv/app',
    ...input,
  };
}

/** What is answered has exactly the form that the contract gives it. */
function asDescribed<Name extends ProcedureName>(name: Name, answer: unknown): ProcedureOutput<Name> {
  const parsed: unknown = procedures[name].output.parse(answer);
  const asSent: unknown = JSON.parse(JSON.stringify(answer));
  if (!isDeepStrictEqual(asSent, JSON.parse(JSON.stringify(parsed))))
    throw new Error(`${name} answers more than the contract says: ${JSON.stringify(answer)}`);
  return answer as ProcedureOutput<Name>;
}

/** The refusal of a call. */
export async function refusalOf(call: Promise<unknown>): Promise<TinaError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof TinaError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tina-control-plane-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
