import type { RunState } from '@tina/domain';
import { action, commitOf, enqueued, runWrite, taskAdded } from '../../contract-suite/toy-run.ts';
import type { Commit } from '../../store.ts';

/** The events of one commit, in their order. */
export const COMMIT_EVENTS = ['task.added', 'task.readied', 'gate.opened'] as const;

/** About what a real task's row and event take. */
const PADDING = 'x'.repeat(500);

/** The longest due: what a torture sets, nothing fires. */
const DUE_AT = 1;

/** A commit that writes to every table that a commit can write to, each row of it under the commit's own id. */
export function wholeCommit(before: RunState, id: string): Commit {
  const { id: runId } = before;
  const run = runWrite(
    before,
    [
      taskAdded(id, PADDING),
      { type: 'task.readied', data: { taskId: id } },
      { type: 'gate.opened', data: { id, taskId: id, kind: 'plan', question: '?' } },
    ],
    runId,
    {
      enqueue: [enqueued(runId, id)],
      setTimers: [{ id, runId, taskId: id, attemptId: null, dueAt: DUE_AT }],
    },
  );
  return commitOf(run, {
    action: action(id),
    documents: [{ hash: id, text: id }],
    tokens: [{ secretHash: id, runId, attemptId: id, epoch: 1, createdAt: DUE_AT }],
  });
}
