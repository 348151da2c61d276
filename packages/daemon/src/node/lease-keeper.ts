import type { NodeApi } from '@tina/contract';
import type { NodeClock } from './node-clock.ts';
import type { NodeLog } from './node-options.ts';

/** A third of the time after which the control plane takes a lease away: two renewals may be missed. */
const RENEW_MS = 5_000;

type Renewal = Parameters<NodeApi['renew']>[0];

export interface LeaseKeeperOptions {
  readonly api: NodeApi;
  readonly nodeId: string;
  readonly incarnation: number;
  /** What is held now. */
  readonly held: () => Pick<Renewal, 'jobs' | 'attempts'>;
  /** What is not the node's any more. */
  readonly onLost: (lost: Awaited<ReturnType<NodeApi['renew']>>) => void;
  readonly clock: NodeClock;
  readonly log: NodeLog;
}

/** Extends the leases of what is held, and has no timer while nothing is. */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  #cancel: (() => void) | null = null;
  #isStopped = false;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  /** To be called whenever something may have come to be held. */
  heed(): void {
    if (this.#isStopped || this.#cancel !== null || isEmpty(this.#options.held())) return;
    this.#cancel = this.#options.clock.after(RENEW_MS, () => {
      void this.#renew();
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  async #renew(): Promise<void> {
    const { api, nodeId, incarnation, held, onLost, log } = this.#options;
    const now = held();
    try {
      if (!isEmpty(now)) onLost(await api.renew({ nodeId, incarnation, ...now }));
    } catch (error) {
      log('warn', 'Leases could not be renewed.', { error });
    }
    this.#cancel = null;
    this.heed();
  }
}

function isEmpty({ jobs, attempts }: Pick<Renewal, 'jobs' | 'attempts'>): boolean {
  return jobs.length + attempts.length === 0;
}
