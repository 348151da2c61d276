import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  criticalLengths,
  findCycle,
  readySet,
  topologicalOrder,
  transitiveDependencies,
  type GraphNode,
} from './task-graph.ts';

function graph(dependencies: Readonly<Record<string, string>>): GraphNode[] {
  return Object.entries(dependencies).map(([id, list]) => ({
    id,
    dependsOn: list.split(' ').filter((name) => name !== ''),
  }));
}

const DIAMOND = graph({ top: '', left: 'top', right: 'top', bottom: 'left right' });
const CHAIN: GraphNode[] = Array.from({ length: 10_000 }, (_, index) => ({
  id: `n${index}`,
  dependsOn: index === 0 ? [] : [`n${index - 1}`],
}));
const CHAIN_FROM_ITS_END = CHAIN.toReversed();

/** Up to 12 nodes with any dependencies among them, on themselves and on nodes that are not there. */
const anyGraph = fc
  .array(fc.array(fc.integer({ min: 0, max: 13 }), { maxLength: 3 }), { maxLength: 12 })
  .map((lists) => lists.map((list, index) => ({ id: String(index), dependsOn: list.map(String) })));

/** The same without cycles, in any order. */
const acyclicGraph = fc
  .array(fc.array(fc.nat(), { maxLength: 3 }), { maxLength: 12 })
  .map((lists) =>
    lists.map((list, index) => ({
      id: String(index),
      dependsOn: list
        .map((number) => String(number % Math.max(1, index)))
        .filter((id) => id !== String(index)),
    })),
  )
  .chain((nodes) => fc.shuffledSubarray(nodes, { minLength: nodes.length }));

describe('a cycle', () => {
  it('is not there in a graph that has none', () => {
    expect(findCycle([])).toBeNull();
    expect(findCycle(DIAMOND)).toBeNull();
    expect(findCycle(graph({ a: 'elsewhere' }))).toBeNull();
  });

  it('is told as the ids on it', () => {
    expect(findCycle(graph({ a: 'a' }))).toEqual(['a']);
    expect(findCycle(graph({ start: 'a', a: 'b', b: 'c', c: 'a' }))).toEqual(['a', 'b', 'c']);
  });

  it('is found in a graph of any depth', () => {
    expect(findCycle(CHAIN_FROM_ITS_END)).toBeNull();
    expect(findCycle([{ id: 'n0', dependsOn: ['n9999'] }, ...CHAIN.slice(1)])).toHaveLength(10_000);
  });

  it('consists of nodes that depend on each other, and is there exactly when the graph has no order', () => {
    fc.assert(
      fc.property(anyGraph, (nodes) => {
        const cycle = findCycle(nodes);
        expect(cycle === null).toBe(topologicalOrder(nodes).length === nodes.length);
        for (const [index, id] of (cycle ?? []).entries()) {
          const next = cycle?.[(index + 1) % cycle.length];
          expect(nodes.find((node) => node.id === id)?.dependsOn).toContain(next);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('the ready set', () => {
  it('has the nodes whose dependencies are done and which are not', () => {
    expect(readySet(DIAMOND, () => false)).toEqual(['top']);
    expect(readySet(DIAMOND, (id) => id === 'top')).toEqual(['left', 'right']);
    expect(readySet(DIAMOND, (id) => id !== 'bottom')).toEqual(['bottom']);
    expect(readySet(DIAMOND, () => true)).toEqual([]);
  });

  it('asks about nodes outside the graph too', () => {
    expect(readySet(graph({ a: 'elsewhere' }), () => false)).toEqual([]);
    expect(readySet(graph({ a: 'elsewhere' }), (id) => id === 'elsewhere')).toEqual(['a']);
  });

  it('worked off again and again goes through the whole graph', () => {
    fc.assert(
      fc.property(acyclicGraph, (nodes) => {
        const done = new Set<string>();
        for (
          let ready = readySet(nodes, (id) => done.has(id));
          ready.length > 0;
          ready = readySet(nodes, (id) => done.has(id))
        ) {
          for (const id of ready) done.add(id);
        }
        expect(done.size).toBe(nodes.length);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the transitive dependencies', () => {
  it('are all that a node waits for', () => {
    expect(transitiveDependencies(DIAMOND, 'bottom')).toEqual(new Set(['left', 'right', 'top']));
    expect(transitiveDependencies(DIAMOND, 'top')).toEqual(new Set());
    expect(transitiveDependencies(DIAMOND, 'elsewhere')).toEqual(new Set());
    expect(transitiveDependencies(CHAIN, 'n9999').size).toBe(9_999);
  });

  it('have the node itself when it is on a cycle', () => {
    expect(transitiveDependencies(graph({ a: 'b', b: 'a' }), 'a')).toEqual(new Set(['a', 'b']));
  });

  it('are closed: what a dependency waits for, the node waits for', () => {
    fc.assert(
      fc.property(anyGraph, (nodes) => {
        for (const { id, dependsOn } of nodes) {
          const found = transitiveDependencies(nodes, id);
          const expected = new Set(
            dependsOn.flatMap((dependency) => [dependency, ...transitiveDependencies(nodes, dependency)]),
          );
          expect(found).toEqual(expected);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('the topological order', () => {
  it('keeps the order of the list where it may', () => {
    expect(topologicalOrder(graph({ c: '', a: '', b: '' }))).toEqual(['c', 'a', 'b']);
    expect(topologicalOrder(DIAMOND)).toEqual(['top', 'left', 'right', 'bottom']);
    expect(topologicalOrder(DIAMOND.toReversed())).toEqual(['top', 'right', 'left', 'bottom']);
    expect(topologicalOrder(CHAIN_FROM_ITS_END)).toEqual(CHAIN.map((node) => node.id));
  });

  it('takes a dependency that is named twice, or is elsewhere, as it is meant', () => {
    expect(topologicalOrder(graph({ b: 'a a elsewhere', a: '' }))).toEqual(['a', 'b']);
  });

  it('leaves out what is on a cycle or behind one', () => {
    expect(topologicalOrder(graph({ a: '', b: 'c', c: 'b', d: 'c', e: 'a' }))).toEqual(['a', 'e']);
  });

  it('puts dependencies first, and otherwise always the first of the list that can come next', () => {
    fc.assert(
      fc.property(acyclicGraph, (nodes) => {
        const placed = new Set<string>();
        for (const id of topologicalOrder(nodes)) {
          expect(readySet(nodes, (other) => placed.has(other))[0]).toBe(id);
          placed.add(id);
        }
        expect(placed.size).toBe(nodes.length);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the critical path', () => {
  const lengthsOf = (nodes: readonly GraphNode[]): Readonly<Record<string, number>> =>
    Object.fromEntries(criticalLengths(nodes));

  it('leads through the longest chain of dependants', () => {
    expect(lengthsOf([])).toEqual({});
    expect(lengthsOf(DIAMOND)).toEqual({ top: 2, left: 1, right: 1, bottom: 0 });
    expect(lengthsOf(graph({ a: '', long: 'a', end: 'long', short: 'a', alone: '' }))).toEqual({
      a: 2,
      long: 1,
      end: 0,
      short: 0,
      alone: 0,
    });
    expect(criticalLengths(CHAIN_FROM_ITS_END).get('n0')).toBe(9_999);
  });

  it('does not follow what is not there, nor what waits for itself', () => {
    expect(lengthsOf(graph({ a: 'elsewhere', b: 'a c', c: 'b' }))).toEqual({ a: 0, b: 0, c: 0 });
  });

  it('is as long as the longest of all chains', () => {
    fc.assert(
      fc.property(acyclicGraph, (nodes) => {
        const dependantsOf = (id: string): readonly GraphNode[] =>
          nodes.filter((node) => node.dependsOn.includes(id));
        const longestBehind = (id: string): number =>
          Math.max(0, ...dependantsOf(id).map((node) => 1 + longestBehind(node.id)));
        for (const [id, length] of criticalLengths(nodes)) expect(length).toBe(longestBehind(id));
      }),
      { numRuns: 200 },
    );
  });
});
