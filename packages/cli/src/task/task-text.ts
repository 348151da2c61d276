import type { TaskView } from '@tina/contract';
import { clock } from '../output/amounts.ts';

/** What a task does or waits for, in a few words; empty when its status says it all. */
export function taskText(task: TaskView, names: ReadonlyMap<string, string>): string {
  if (task.block !== null) return task.block.message;
  if (task.retryAt !== null) return `tries again at ${clock(task.retryAt)}`;
  if (task.gateId !== null) return `waits for you: gate ${task.gateId}`;
  if (task.status === 'pending' && task.dependsOn.length > 0) {
    return `after ${task.dependsOn.map((id) => names.get(id) ?? id).join(', ')}`;
  }
  return task.step ?? '';
}
