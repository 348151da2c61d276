import type { Machine, NodeApi, ProcedureName, Remains } from '@tina/contract';
import type { EffectOfEvent } from '@tina/domain';
import type { Store } from '@tina/store';
import { createAgentHandlers } from './agent/agent-handlers.ts';
import { createDesignReader } from './design/design-reader.ts';
import { createEventBus } from './executor/event-bus.ts';
import { createRunExecutor } from './executor/run-executor.ts';
import { createHeldAnswers } from './message/held-answers.ts';
import { createMessageHandlers } from './message/message-handlers.ts';
import { createListeners } from './node/listeners.ts';
import { createNodeService } from './node/node-service.ts';
import { createControlActions } from './operation/control-actions.ts';
import { createCommands } from './operation/command-handlers.ts';
import { createPromptHandlers } from './prompt/prompt-handlers.ts';
import { createQueries } from './query/query-handlers.ts';
import { createRefuseAgent } from './operation/refuse-agent.ts';
import type { Handlers } from './server/handler.ts';
import type { RefuseAgent } from './server/serve.ts';
import { type After, createAlarm } from './timer/alarm.ts';

/** Procedures that the process itself answers: they are about the daemon, its agent hosts and its debug port. */
export type ProcessProcedure = Extract<
  ProcedureName,
  `daemon.${string}` | `host.${string}` | `debug.${string}`
>;

export interface ControlPlane {
  readonly handlers: Omit<Handlers, ProcessProcedure>;
  readonly node: NodeApi;
  readonly refuseAgent: RefuseAgent;
  /** Starts timers and the sweep. */
  start(): void;
  stop(): Promise<void>;
}

/**
 * Turns commands into committed transactions, fires timers, serves queries and wakes subscribers. It holds no truth: two
 * control planes may share one store.
 */
export function createControlPlane(dependencies: {
  readonly store: Store;
  readonly machine: Machine;
  /** What runs left on the machine, for `verify`; without it only the store is looked at. */
  readonly remains?: Remains;
  readonly nodeId: string;
  /** Ten random characters: the start of every id. */
  readonly newId: () => string;
  readonly onError: (error: unknown) => void;
  /** The time that timers and leases wait for; the machine's by default. */
  readonly after?: After;
}): ControlPlane {
  const { store, machine, remains = null, nodeId, newId, onError, after = afterTimeout } = dependencies;
  const bus = createEventBus();
  const work = createListeners<readonly string[]>(onError);
  const mail = createListeners<string>(onError);
  const designs = createDesignReader(store);
  const held = createHeldAnswers();
  const executor = createRunExecutor({ store, bus, onEffects: (effects) => followEffects(effects) });
  const alarm = createAlarm({ store, executor, after, onRequeued: () => work.tell([]), onError });
  const node = createNodeService({
    store,
    executor,
    designs,
    onError,
    held,
    onLeases: () => alarm.rearm(),
    onMessages: mail.add,
    onWork: work.add,
  });
  const actions = createControlActions({ store, executor, bus, newId });
  const refuseAgent = createRefuseAgent(actions, store);

  function followEffects(effects: readonly EffectOfEvent[]): void {
    const withdrawn = effects.flatMap((effect) => (effect.kind === 'withdraw' ? [effect.jobId] : []));
    const hasWork = withdrawn.length > 0 || effects.some((effect) => effect.kind === 'enqueue');
    if (hasWork) work.tell(withdrawn);
    for (const effect of effects) if (effect.kind === 'tell-attempt') mail.tell(effect.attemptId);
    if (effects.some((effect) => effect.kind === 'set-timer' || effect.kind === 'grant-lease')) alarm.rearm();
  }

  const onMended = (): void => {
    work.tell([]);
    alarm.rearm();
  };

  return {
    handlers: {
      ...createQueries({ store, executor, designs, machine, bus, remains }),
      ...createCommands({ store, executor, machine, actions, nodeId, newId, node, remains, onMended }),
      ...createPromptHandlers({ store, executor, designs }),
      ...createMessageHandlers({ store, executor, actions, bus, after }),
      ...createAgentHandlers({ store, executor, bus, after, held, refuseAgent, onReleased: mail.tell }),
    },
    node,
    refuseAgent,
    start: () => alarm.rearm(),
    stop: () => alarm.stop(),
  };
}

function afterTimeout(delayMs: number, callback: () => void): () => void {
  const timeout = setTimeout(callback, delayMs);
  return () => clearTimeout(timeout);
}
