import type { Report } from '@tina/domain';
import type { ScriptedContext } from '../protocol.ts';

/** A report in the one-line form that an agent without tools ends its final message with. */
export function reportLine(report: Report, context: ScriptedContext, planPath: string): string {
  const phase = context.phase ?? 'N';
  switch (report.kind) {
    case 'validation':
      return `${report.text}\nVALIDATION_STATUS: ${report.status[0]?.toUpperCase()}${report.status.slice(1)}`;
    case 'plan':
      return `plan-phase-${phase} complete. PLAN_PATH: ${planPath}`;
    case 'work':
      return `${workSubject(context)} complete: ${inOneLine(report.summary)}`;
    case 'review':
      return report.verdict === 'pass'
        ? `review-${phase} complete (pass)`
        : `review-${phase} complete (gaps): ${report.findings.map(({ message }) => inOneLine(message)).join('; ')}`;
    case 'error':
      return `${errorSubject(context)} error: ${inOneLine(report.reason)}`;
    default:
      return report satisfies never;
  }
}

function errorSubject(context: ScriptedContext): string {
  if (context.role === 'validator') return 'validate-design';
  if (context.role === 'planner') return `plan-phase-${context.phase ?? 'N'}`;
  if (context.role === 'implementer' || context.role === 'resolver') return workSubject(context);
  return `review-${context.phase ?? 'N'}`;
}

function workSubject({ planTask, phase }: ScriptedContext): string {
  return planTask === null ? `execute-${phase ?? 'N'}` : `task-${planTask}`;
}

function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
