/** What a caller can tell apart. `constraint_violated` is a mistake in Tina; the rest is what the world did. */
export type StoreErrorCode =
  | 'store_read_only'
  | 'disk_full'
  | 'store_corrupt'
  | 'store_foreign'
  | 'store_too_new'
  | 'store_busy'
  | 'store_not_private'
  | 'store_unsafe'
  | 'network_file_system'
  | 'sqlite_too_old'
  | 'constraint_violated'
  | 'store_failed';

export interface StoreErrorDetails {
  readonly code: StoreErrorCode;
  /** What happened, where and why, in one or two sentences. */
  readonly message: string;
  /** What to type or do next. */
  readonly next: readonly string[];
  readonly cause?: unknown;
}

/** Every failure of the store. Nothing of the call that threw it was kept. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  readonly next: readonly string[];

  constructor(details: StoreErrorDetails) {
    super(details.message, { cause: details.cause });
    this.code = details.code;
    this.next = details.next;
  }
}
