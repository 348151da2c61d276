import { inspectStore, StoreError, type StoreInspection } from '@tina/store';

/** What a look at the store came to; `problem`: it cannot be used as it is. */
export type StoreLook =
  | { readonly kind: 'none' }
  | { readonly kind: 'found'; readonly store: StoreInspection }
  | { readonly kind: 'problem'; readonly message: string; readonly next: readonly string[] };

/** Looks at the store without a daemon, and without changing it. */
export function lookIntoStore(path: string): StoreLook {
  try {
    const store = inspectStore(path);
    return store === null ? { kind: 'none' } : { kind: 'found', store };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { kind: 'problem', message: error.message, next: error.next };
  }
}
