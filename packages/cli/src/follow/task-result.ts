import type { RunEnding, TaskResult } from '@tina/domain';

/** A view carries results as plain data; this says what is what, and null for what a newer daemon may send. */
export function readResult(result: unknown): TaskResult | null {
  return hasKind(result) ? (result as TaskResult) : null;
}

export function readEnding(ending: unknown): RunEnding | null {
  return hasKind(ending) ? (ending as RunEnding) : null;
}

function hasKind(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}
