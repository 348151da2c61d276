import { count } from '../output/amounts.ts';
import type { NodeState } from './glyphs.ts';
import type { TreeNode } from './run-tree.ts';

/** How much is left out: nothing; what is below finished phases; also finished and pending tasks, counted instead. */
export type CollapseLevel = 0 | 1 | 2;

export function collapse(nodes: readonly TreeNode[], level: CollapseLevel): readonly TreeNode[] {
  if (level === 0) return nodes;
  return nodes.map((node) => collapseNode(node, level));
}

function collapseNode(node: TreeNode, level: CollapseLevel): TreeNode {
  if (node.kind === 'phase' && (node.state === 'done' || node.state === 'dropped'))
    return { ...node, children: [] };
  const children = collapse(node.children, level);
  return { ...node, children: level === 2 && node.kind === 'task' ? counted(children) : children };
}

function counted(tasks: readonly TreeNode[]): readonly TreeNode[] {
  const group = (state: NodeState, word: string): TreeNode[] => {
    const found = tasks.filter((task) => task.state === state);
    if (found.length < 2) return found;
    const text = `${count(found.length, 'task')} ${word}`;
    return [{ kind: 'task', state, text, elapsedMs: null, detail: '', attemptId: '', children: [] }];
  };
  const others = tasks.filter((task) => task.state !== 'done' && task.state !== 'pending');
  return [...group('done', 'done'), ...others, ...group('pending', 'to come')];
}
