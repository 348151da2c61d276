import type { Role } from '../../policy/role.ts';
import type { Attempt } from '../attempt.ts';
import { findingsToJudge, openAfter } from '../decide/judge-report.ts';
import type { RunEvent } from '../event.ts';
import { phaseNumberOf, reportOf } from '../lookup.ts';
import type { RunFinding } from '../run-finding.ts';
import type { StepContext } from './context.ts';

const SOURCE: Readonly<Partial<Record<Role, RunFinding['source']>>> = {
  'spec-reviewer': 'spec-review',
  'quality-reviewer': 'quality-review',
};

/** Closes the findings that a review judged closed, and opens those it reports. */
export function reviewFindings(context: StepContext, attempt: Attempt): readonly RunEvent[] {
  const { state, task, ids } = context;
  const report = reportOf(attempt, 'review');
  const before = findingsToJudge(state, attempt);
  const stillOpen = new Set(openAfter(before, report).map((finding) => finding.id));
  return [
    ...before
      .filter((finding) => !stillOpen.has(finding.id))
      .map((finding) => closeFinding(finding, `attempt ${attempt.id} found it closed`)),
    ...report.findings.flatMap((found): readonly RunEvent[] => {
      const id = ids.next('f');
      const opened: RunEvent = {
        type: 'finding.opened',
        data: {
          ...found,
          id,
          phase: phaseNumberOf(task),
          taskId: task.kind === 'phase-task' ? task.id : null,
          source: SOURCE[attempt.role] ?? 'review',
          check: null,
        },
      };
      // Minor remarks of a review that passes are kept, and stop nothing.
      return report.verdict === 'gaps'
        ? [opened]
        : [opened, { type: 'finding.waived', data: { findingId: id, because: 'the review passed with it' } }];
    }),
  ];
}

export function closeFinding({ id }: RunFinding, because: string): RunEvent {
  return { type: 'finding.closed', data: { findingId: id, because } };
}
