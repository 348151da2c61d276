import type { Store } from '@tina/store';
import type { EventBus } from '../executor/event-bus.ts';
import type { RunExecutor } from '../executor/run-executor.ts';
import type { HeldAnswers } from '../message/held-answers.ts';
import type { RefuseAgent } from '../server/serve.ts';
import type { After } from '../timer/alarm.ts';

export interface AgentDependencies {
  readonly store: Store;
  readonly executor: RunExecutor;
  readonly bus: EventBus;
  readonly after: After;
  readonly held: HeldAnswers;
  readonly refuseAgent: RefuseAgent;
  /** Messages of the attempt may be handed over that were held back. */
  readonly onReleased: (attemptId: string) => void;
}
