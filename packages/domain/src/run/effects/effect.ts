import type { Job } from '../job.ts';

/** What an event causes outside the run's state, written in the same transaction. */
export type Effect =
  | { readonly kind: 'enqueue'; readonly job: Job; readonly attemptId: string | null }
  | { readonly kind: 'withdraw'; readonly jobId: string }
  | {
      readonly kind: 'set-timer';
      readonly timerId: string;
      readonly taskId: string | null;
      readonly attemptId: string | null;
      readonly dueAt: number;
    }
  | { readonly kind: 'clear-timer'; readonly timerId: string }
  | { readonly kind: 'grant-lease'; readonly attemptId: string; readonly epoch: number }
  | { readonly kind: 'release-lease'; readonly attemptId: string }
  /** Messages of the attempt have come, or need not be handed to it any more: whoever looks after it is told. */
  | { readonly kind: 'tell-attempt'; readonly attemptId: string };
