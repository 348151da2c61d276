/** What was just committed; subscribers read the events themselves from the store, from their own cursor. */
export interface CommitNotice {
  readonly runId: string;
  /** False when only a control action was logged, which changed nothing of the run. */
  readonly hasEvents: boolean;
}

/** Wakes whoever waits for commits of this process. Listeners must not throw. */
export interface EventBus {
  publish(notice: CommitNotice): void;
  subscribe(listener: (notice: CommitNotice) => void): () => void;
}

export function createEventBus(): EventBus {
  const listeners = new Set<(notice: CommitNotice) => void>();
  return {
    publish(notice) {
      for (const listener of listeners) listener(notice);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
