import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '@tina/domain';
import type { Via } from '../script/report-reader.ts';
import { reportLine } from './report-line.ts';
import { runProgram } from './run-program.ts';
import { finalReport, StepFailure, type Stage, type StepOutcome } from './stage.ts';

/** Hands a report over in the way that the script asks for, and ends the turn. */
export async function deliverReport(report: Report, via: Via | null, stage: Stage): Promise<StepOutcome> {
  switch (via) {
    case 'cli':
      await reportByCommand(report, stage);
      return { kind: 'final', final: { message: 'Reported with tina report.' } };
    case 'message': {
      const planPath = join(stage.context.outDirectory, `plan-phase-${stage.context.phase ?? 'N'}.md`);
      if (report.kind === 'plan') await writeFile(planPath, report.markdown);
      return { kind: 'final', final: { message: reportLine(report, stage.context, planPath) } };
    }
    case 'protocol':
    case null:
      return finalReport(report);
    default:
      return via satisfies never;
  }
}

async function reportByCommand(report: Report, stage: Stage): Promise<void> {
  const { args, input } = reportCommand(report);
  await stage.emit({ type: 'tool-started', callId: 'report', name: 'tina report', summary: report.kind });
  const { exitCode, output } = await runProgram({
    program: 'tina',
    args: ['report', ...args],
    directory: stage.worktree,
    env: stage.env,
    ...(input !== null && { input }),
  });
  const isError = exitCode !== 0;
  await stage.emit({ type: 'tool-ended', callId: 'report', isError, summary: output.trim() });
  if (isError) throw new StepFailure(`tina report failed (exit code ${exitCode}): ${output.trim()}`);
}

/** What follows `tina report`, and its stdin: long texts go there, because an argument has a limit. */
function reportCommand(report: Report): { readonly args: readonly string[]; readonly input: string | null } {
  switch (report.kind) {
    case 'validation':
      return { args: ['validation', '--status', report.status, '--file', '-'], input: report.text };
    case 'plan':
      return { args: ['plan', '--file', '-'], input: report.markdown };
    case 'work':
      return { args: ['work', '--file', '-'], input: report.summary };
    case 'review':
      return { args: ['review', '--json-file', '-'], input: JSON.stringify(report) };
    case 'error':
      return { args: ['error', '--reason', report.reason], input: null };
    default:
      return report satisfies never;
  }
}
