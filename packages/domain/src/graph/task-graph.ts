import { IndexQueue } from './index-queue.ts';

/**
 * What every graph of tasks has. Ids are unique within a list of nodes. An id in `dependsOn` that is no node's is not
 * followed: it stands for something outside the graph, such as a task that is merged already.
 */
export interface GraphNode {
  readonly id: string;
  readonly dependsOn: readonly string[];
}

/**
 * A cycle, as ids that each depend on the next and the last on the first; null when there is none. The cycle that is
 * met first from the top of the list.
 */
export function findCycle(nodes: readonly GraphNode[]): string[] | null {
  const byId = indexById(nodes);
  const finished = new Set<string>();
  for (const start of nodes) {
    const cycle = findCycleFrom(start, byId, finished);
    if (cycle) return cycle;
  }
  return null;
}

function findCycleFrom(
  start: GraphNode,
  byId: ReadonlyMap<string, GraphNode>,
  finished: Set<string>,
): string[] | null {
  // The path under way and, for each of its nodes, the dependencies still to be looked at.
  const path = new Set<string>();
  const open: { id: string; rest: Iterator<string> }[] = [];
  const enter = (node: GraphNode) => {
    path.add(node.id);
    open.push({ id: node.id, rest: node.dependsOn.values() });
  };
  if (!finished.has(start.id)) enter(start);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const next = top.rest.next();
    if (next.done) {
      open.pop();
      path.delete(top.id);
      finished.add(top.id);
    } else if (path.has(next.value)) {
      const ids = [...path];
      return ids.slice(ids.indexOf(next.value));
    } else if (!finished.has(next.value)) {
      const node = byId.get(next.value);
      if (node) enter(node);
    }
  }
  return null;
}

/** The ids of the nodes that are not done and whose dependencies all are, in the order of the list. */
export function readySet(nodes: readonly GraphNode[], isDone: (id: string) => boolean): string[] {
  return nodes.filter((node) => !isDone(node.id) && node.dependsOn.every(isDone)).map((node) => node.id);
}

/** Everything that a node waits for, directly or not. It holds the node itself only when that is on a cycle. */
export function transitiveDependencies(nodes: readonly GraphNode[], id: string): ReadonlySet<string> {
  const byId = indexById(nodes);
  const found = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const dependency of byId.get(next)?.dependsOn ?? []) {
      if (found.has(dependency)) continue;
      found.add(dependency);
      open.push(dependency);
    }
  }
  return found;
}

/**
 * The ids with every dependency before its dependants; among those that could come next, the one that stands first in
 * the list. Nodes on a cycle, and those behind one, are left out.
 */
export function topologicalOrder(nodes: readonly GraphNode[]): string[] {
  const dependants = new Map<string, number[]>(nodes.map((node) => [node.id, []]));
  const missing: number[] = [];
  const ready = new IndexQueue();
  for (const [index, node] of nodes.entries()) {
    const followed = [...new Set(node.dependsOn)].flatMap((id) => {
      const list = dependants.get(id);
      return list ? [list] : [];
    });
    for (const list of followed) list.push(index);
    missing.push(followed.length);
    if (followed.length === 0) ready.add(index);
  }
  const order: string[] = [];
  for (let index = ready.take(); index !== null; index = ready.take()) {
    const { id } = nodes[index] as GraphNode;
    order.push(id);
    for (const dependant of dependants.get(id) as number[]) {
      const left = (missing[dependant] as number) - 1;
      missing[dependant] = left;
      if (left === 0) ready.add(dependant);
    }
  }
  return order;
}

/**
 * For each node, how many nodes the longest chain has that waits for it. Whoever begins at a node with the greatest number
 * and goes on to a dependant with one less walks the critical path: the whole cannot end sooner than that chain does.
 * What is on a cycle, or behind one, does not count.
 */
export function criticalLengths(nodes: readonly GraphNode[]): ReadonlyMap<string, number> {
  const byId = indexById(nodes);
  const lengths = new Map(nodes.map((node) => [node.id, 0]));
  for (const id of topologicalOrder(nodes).toReversed()) {
    const length = 1 + (lengths.get(id) as number);
    for (const dependency of (byId.get(id) as GraphNode).dependsOn) {
      const known = lengths.get(dependency);
      if (known !== undefined && known < length) lengths.set(dependency, length);
    }
  }
  return lengths;
}

function indexById(nodes: readonly GraphNode[]): ReadonlyMap<string, GraphNode> {
  return new Map(nodes.map((node) => [node.id, node]));
}
