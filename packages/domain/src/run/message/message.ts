/** Whom a message is for: one attempt; whoever works at a task; or the people who look after the run. */
export type Addressee =
  | { readonly kind: 'attempt'; readonly attemptId: string }
  | { readonly kind: 'task'; readonly taskId: string }
  | { readonly kind: 'operator' };

/** How a message reached its agent: in the middle of a turn, at the head of one, or because the agent asked for it. */
export type DeliveryMode = 'in-turn' | 'turn-start' | 'read';

/** A word of a person's or an agent's to somebody at work. */
export interface Message {
  readonly id: string;
  /** The attempt whose agent wrote it; null: an operator did. */
  readonly from: string | null;
  readonly to: Addressee;
  readonly text: string;
  /** The question that it answers, if any. */
  readonly answers: string | null;
  readonly sentAt: number;
  readonly delivery: Delivery | null;
}

export interface Delivery {
  readonly attemptId: string;
  readonly turn: number;
  readonly mode: DeliveryMode;
  readonly at: number;
}

/** What an agent wants to know of a person. It holds nothing up: no step waits for its answer. */
export interface Question {
  readonly id: string;
  readonly attemptId: string;
  readonly text: string;
  /** Answers that the agent proposes; a person may say something else. */
  readonly choices: readonly string[];
  readonly askedAt: number;
  readonly answer: string | null;
  readonly answeredAt: number | null;
}

/** UTF-8 bytes of a message, a question or an answer: a context window is no file store (G25). */
export const MAX_MESSAGE_BYTES = 32_768;
/** What one attempt may write and ask in its life; whoever needs more talks instead of working. */
export const MAX_MESSAGES_OF_ATTEMPT = 100;
export const MAX_QUESTIONS_OF_ATTEMPT = 20;
/** Messages that may wait for one addressee. */
export const MAX_WAITING_MESSAGES = 50;
/** Progress that is told more often than this is heard and not recorded. */
export const PROGRESS_INTERVAL_MS = 5_000;
/** How often an attempt gets one more turn because a person's message came too late for the last one. */
export const MAX_MESSAGE_TURNS = 5;
