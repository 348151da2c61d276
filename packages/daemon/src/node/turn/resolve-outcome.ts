import { parseMessage, type Report, type TurnOutcome } from '@tina/domain';
import type { AttemptFiles } from '../attempt/attempt-files.ts';
import type { NodeFiles } from '../platform/node-platform.ts';

/**
 * Fills in a report that the final message only points at: a planner names the file its plan is in, and only the node can
 * read it. Everything else in the message is the control plane's to judge.
 */
export async function resolveOutcome(
  outcome: TurnOutcome,
  files: AttemptFiles,
  system: NodeFiles,
): Promise<TurnOutcome> {
  if (outcome.kind !== 'completed' || outcome.report !== null) return outcome;
  const report = await reportedPlan(outcome.finalMessage, files, system);
  return report === null ? outcome : { ...outcome, report };
}

async function reportedPlan(
  finalMessage: string,
  files: AttemptFiles,
  system: NodeFiles,
): Promise<Report | null> {
  const launch = await system.readLaunch(files);
  if (launch === null) return null;
  const parsed = parseMessage(launch.role, launch.subject.phase, finalMessage);
  if (parsed === null) return null;
  if (parsed.kind === 'report') return parsed.report;
  const markdown = await system.readPlanFile({ path: parsed.path, roots: [launch.worktree, files.out] });
  return markdown === null ? null : { kind: 'plan', markdown };
}
