import type { Report } from '@tina/domain';
import type { ScriptedContext } from '../protocol.ts';
import { ROLE_REPORTS } from '../role-reports.ts';
import { StepFailure } from './stage.ts';

/** What a role reports when all is well. A planner has none: its report is a plan. */
export function goodReport({ role, openFindings }: ScriptedContext, said?: string): Report {
  const kind = ROLE_REPORTS[role];
  switch (kind) {
    case 'validation':
      return { kind, status: 'pass', text: said ?? 'The script finds nothing wrong.' };
    case 'work':
      return { kind, summary: said ?? 'Done as the script says.' };
    case 'review': {
      const verdicts = openFindings.map((findingId) => ({ findingId, verdict: 'closed' as const }));
      return {
        kind,
        verdict: 'pass',
        summary: said ?? 'The script finds no gaps.',
        findings: [],
        verdicts,
      };
    }
    case 'plan':
    case 'error':
    default:
      throw new StepFailure(`A ${role} reports with the step "plan".`);
  }
}
