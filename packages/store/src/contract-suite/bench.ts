import { onTestFinished } from 'vitest';
import type { RunModel } from '../run-model.ts';
import type { Store } from '../store.ts';
import { TOY_MODEL } from './toy-model.ts';

/** Opens a new, empty store. */
export type OpenStore = (options: {
  readonly model: RunModel;
  readonly clock: () => number;
}) => Promise<Store>;

/** A store of one test, with a clock that the test moves. */
export interface Bench {
  readonly store: Store;
  readonly clock: { now: number };
}

export type OpenBench = (model?: RunModel) => Promise<Bench>;

export function benches(open: OpenStore): OpenBench {
  return async (model = TOY_MODEL) => {
    const clock = { now: 1_800_000_000_000 };
    const store = await open({ model, clock: () => clock.now });
    onTestFinished(() => store.close());
    return { store, clock };
  };
}
