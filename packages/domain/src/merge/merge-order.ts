import { topologicalOrder, type GraphNode } from '../graph/task-graph.ts';

/** A task whose work is ready to be merged. */
export interface MergeCandidate extends GraphNode {
  /** When it became ready, in milliseconds since 1970. */
  readonly readySince: number;
}

/**
 * The ids of all candidates in the order of merging: dependencies first, then the longest ready, then by id. Candidates
 * that depend on each other in a circle come last.
 */
export function mergeOrder(candidates: readonly MergeCandidate[]): string[] {
  const byAge = candidates.toSorted(
    (left, right) => left.readySince - right.readySince || (left.id < right.id ? -1 : 1),
  );
  const order = new Set(topologicalOrder(byAge));
  for (const { id } of byAge) order.add(id);
  return [...order];
}
