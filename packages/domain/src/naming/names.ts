/**
 * Every name that Tina gives to something outside its store. A name is for people and for git; nothing is looked up by
 * taking one apart, because ids are stored beside it.
 */

export const FINALIZE_TASK_NAME = 'finalize';

export function planTaskName(phase: string): string {
  return `plan-phase-${phase}`;
}

export function executeTaskName(phase: string): string {
  return `execute-phase-${phase}`;
}

export function reviewTaskName(phase: string): string {
  return `review-phase-${phase}`;
}

/** A task of a phase's plan. */
export function phaseTaskName(phase: string, taskNumber: number): string {
  return `phase-${phase}-task-${taskNumber}`;
}

export function orchestrationTeam(feature: string): string {
  return `${feature}-orchestration`;
}

export function phaseTeam(feature: string, phase: string): string {
  return `${feature}-phase-${phase}`;
}

/** The branch that a run's work is merged into. */
export function runBranch(feature: string): string {
  return `tina/${feature}`;
}

/** An attempt's own branch. Not below `tina/`: git allows no branch `tina/x/y` beside `tina/x`. */
export function attemptBranch(attemptId: string): string {
  return `tina-attempt/${attemptId}`;
}

/** Keeps an attempt's work that is not merged. */
export function attemptRescueRef(attemptId: string): string {
  return `refs/tina/attempts/${attemptId}`;
}

/** Keeps a run's branch after it is discarded. */
export function runRescueRef(runId: string): string {
  return `refs/tina/runs/${runId}`;
}

/** The tmux session of an attempt. Ids have neither `.` nor `:`, which tmux would replace. */
export function sessionName(attemptId: string): string {
  return `tina-${attemptId}`;
}

/** A worktree's folder below its run's. Slots count from 1. */
export function slotDirectory(slotNumber: number): string {
  return `slot-${slotNumber}`;
}

const REMEDIATION_SUFFIX = '.5';

/** The phase that closes this phase's gaps: `1.5` for `1`, `1.5.5` for `1.5`. */
export function remediationPhase(phase: string): string {
  return `${phase}${REMEDIATION_SUFFIX}`;
}

/** How many remediations deep a phase is: 0 for `1`, 2 for `1.5.5`. */
export function remediationDepth(phase: string): number {
  return phase.split('.').length - 1;
}

/** The design's phase that a phase belongs to: `1` for `1.5.5`. */
export function mainPhase(phase: string): string {
  return phase.replace(/\..*$/, '');
}
