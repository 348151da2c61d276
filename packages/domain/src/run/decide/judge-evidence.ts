import { newFailures } from '../../check/compare-checks.ts';
import { isInScope } from '../../scope/path-scope.ts';
import type { Evidence } from '../job.ts';
import type { Attempt } from '../attempt.ts';
import type { RunState } from '../state.ts';
import { taskOf } from '../lookup.ts';
import { workScope } from '../work-scope.ts';

/**
 * What an attempt's evidence lacks, one line each for the agent to act on; empty when the work is accepted (G16). A word
 * of the agent never counts here.
 */
export function missingEvidence(state: RunState, attempt: Attempt, evidence: Evidence): readonly string[] {
  const task = taskOf(state, attempt.taskId);
  const missing: string[] = [];
  if (!evidence.onBranch) {
    missing.push(`HEAD must be the branch ${attempt.branch} and descend from ${attempt.startCommit}.`);
  }
  if (evidence.commits.length === 0) missing.push('There is no commit since you began. Commit your work.');
  if (evidence.dirtyFiles.length > 0) {
    missing.push(`These files are not committed: ${listFiles(evidence.dirtyFiles)}. Commit or remove them.`);
  }
  if (evidence.conflictMarkers.length > 0) {
    missing.push(`These files still hold conflict markers: ${listFiles(evidence.conflictMarkers)}.`);
  }
  if (!evidence.containsRequired) {
    missing.push('The merge is not complete: both sides must be ancestors of your commit.');
  }
  const scope = workScope(task);
  const outside = evidence.changedFiles.filter((file) => !isInScope(file, scope));
  if (outside.length > 0) {
    missing.push(
      `These files are outside the task's scope (${listFiles(scope)}): ${listFiles(outside)}. Undo those changes.`,
    );
  }
  for (const failure of newFailures(state.baseline, evidence.checks)) missing.push(failure.message);
  return missing;
}

function listFiles(files: readonly string[]): string {
  const shown = files.slice(0, 10).join(', ');
  return files.length > 10 ? `${shown} and ${files.length - 10} more` : shown;
}
