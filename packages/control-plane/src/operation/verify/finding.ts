import type { Remain, VerifyFinding } from '@tina/contract';
import type { RunMend } from '@tina/store';

/** How Tina mends what she found; null where only a person can. */
export type Mending =
  /** In the store, of the run's rows and of what stands beside them. */
  | { readonly kind: 'store'; readonly patch: StorePatch }
  /** On the machine, what nobody's work is in. */
  | { readonly kind: 'remain'; readonly remain: Remain }
  /** By the way of `tina cleanup`, which puts work under a ref first (G22). */
  | { readonly kind: 'leftover'; readonly name: string };

export type StorePatch = Partial<Omit<RunMend, 'state'>>;

/** What was found, with the way to mend it. */
export interface Finding extends VerifyFinding {
  readonly mending: Mending | null;
}

/** What only a person can mend. */
export function byHand(
  kind: Finding['kind'],
  name: string,
  message: string,
  next: readonly string[],
): Finding {
  return { kind, name, message, mend: 'by-hand', next: [...next], mending: null };
}

/** What is mended in the store. */
export function inStore(
  found: Pick<Finding, 'kind' | 'name' | 'message'>,
  runId: string,
  patch: StorePatch,
  mend: 'safe' | 'ask' = 'safe',
): Finding {
  const { kind, name, message } = found;
  return { kind, name, message, mend, next: [repair(runId, mend)], mending: { kind: 'store', patch } };
}

/** What to type for it. */
export function repair(runId: string | null, mend: 'safe' | 'ask'): string {
  return `tina verify ${runId ?? '--all'} --repair${mend === 'ask' ? ' --yes' : ''}`;
}

/** As it is told. */
export function toView({ kind, name, message, mend, next }: Finding): VerifyFinding {
  return { kind, name, message, mend, next };
}
