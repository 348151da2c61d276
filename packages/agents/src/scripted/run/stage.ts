import type { ScriptedContext, ScriptedFinal, ScriptedRecord } from '../protocol.ts';

/** What the steps of one turn work with. */
export interface Stage {
  readonly context: ScriptedContext;
  readonly turn: number;
  /** The prompt in turn 1, later what Tina sent back. */
  readonly message: string;
  readonly worktree: string;
  /** What `wait-for` and `touch` start from. */
  readonly scriptDirectory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  emit(record: ScriptedRecord): Promise<void>;
  /** Past the protocol: bytes on stdout as they are. */
  writeRaw(bytes: Uint8Array): Promise<void>;
  writeError(text: string): void;
  ignoreSigterm(): void;
  /** HEAD when the agent began. */
  baseline(): Promise<string>;
}

/** What a step leads to; null: the next step. */
export type StepOutcome =
  | null
  | { readonly kind: 'final'; readonly final: ScriptedFinal }
  | { readonly kind: 'exit'; readonly exitCode: number }
  | { readonly kind: 'die'; readonly signal: NodeJS.Signals };

/** A step that cannot be done as the script says. The agent ends with it as its reason. */
export class StepFailure extends Error {}

export function finalReport(report: unknown): StepOutcome {
  return { kind: 'final', final: { report } };
}
