import type { ErrorData } from '../error/tina-error.ts';

/**
 * The local socket speaks JSON, one value a line. A client sends calls, several at once if it likes; each is answered by
 * one result or error, or, for a subscription, by items and an end. A subscription ends early with a cancel.
 */
export type ClientLine =
  | { readonly id: number; readonly call: string; readonly input: unknown; readonly token?: string }
  | { readonly id: number; readonly cancel: true };

export type ServerLine =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: ErrorData }
  | { readonly id: number; readonly item: unknown }
  | { readonly id: number; readonly end: true };

/** The longest line either side accepts, in bytes: a plan or a report with room to spare. */
export const MAX_LINE_BYTES = 8 * 1024 * 1024;
