import type { OperatorCommand } from '../command.ts';
import { known } from '../lookup.ts';
import type { RunState } from '../state.ts';

/** An edit of any task, mostly of one that has not begun; much of it is refused. */
export function someEdit({ tasks }: RunState, pick: number, luck: number): OperatorCommand {
  const waiting = Object.values(tasks).filter(
    ({ kind, status }) => kind === 'phase-task' && (status === 'pending' || status === 'ready'),
  );
  const among = waiting.length > 0 && pick % 5 > 0 ? waiting : Object.values(tasks);
  const { id, phase } = known(among[pick % among.length], 'task');
  const edits = [
    { title: `Part ${luck}`, body: `Do it like ${luck}.` },
    { files: [`src/${phase}/${luck % 3}.ts`, `src/${phase}/extra-${luck % 4}/`] },
    { dependsOn: luck % 3 === 0 ? [] : [1 + (luck % 4)] },
    { review: 'spec+quality', acceptance: ['it works well'], model: 'opus' },
    { dependsOn: [1], files: [`src/${phase}/${luck}.ts`] },
  ] as const;
  const edit = known(edits[luck % edits.length], 'edit');
  return { kind: 'edit-task', taskId: id, edit, revision: luck % 7 === 0 ? 0 : null };
}
