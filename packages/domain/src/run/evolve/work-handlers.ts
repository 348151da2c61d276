import type { RunState } from '../state.ts';
import type { Handlers } from './handlers.ts';
import { known, taskOf, tipOf } from '../lookup.ts';
import { countId, patchTask, useSlot } from './patch.ts';

type WorkEvent =
  | 'checks.requested'
  | 'checks.recorded'
  | 'branch.requested'
  | 'branch.created'
  | 'merge.requested'
  | 'merge.completed'
  | 'merge.conflicted'
  | 'merge.refused'
  | 'integration.requested'
  | 'integration.completed'
  | 'landing.requested'
  | 'landing.completed'
  | 'landing.deferred'
  | 'pull_request.requested'
  | 'pull_request.opened'
  | 'discard.requested'
  | 'branch.discarded'
  | 'job.failed';

/** Events about machine work that a task waits for, and what came of it. */
export const workHandlers: Handlers<WorkEvent> = {
  'checks.requested': (state, { taskId, jobId, slot }) => useSlot(awaitJob(state, taskId, jobId, slot), slot),
  'checks.recorded': (state, { taskId, commit, checks }) => {
    const isBaseline = taskOf(state, taskId).kind === 'validate-design';
    const recorded = patchTask(state, taskId, { waitsFor: null, checks, checksCommit: commit });
    return isBaseline ? { ...recorded, baseline: checks } : recorded;
  },
  'branch.requested': (state, { taskId, jobId, slot }) => useSlot(awaitJob(state, taskId, jobId, slot), slot),
  'branch.created': (state, { taskId, commit }) => ({
    ...patchTask(state, taskId, { waitsFor: null }),
    tip: commit,
  }),
  'merge.requested': (state, { taskId, jobId }) => awaitJob(state, taskId, jobId, null),
  'merge.completed': (state, { taskId, tip }) => ({
    ...patchTask(state, taskId, { waitsFor: null, mergedCommit: tip }),
    tip,
  }),
  'merge.conflicted': (state, { taskId, conflict }) => patchTask(state, taskId, { waitsFor: null, conflict }),
  'merge.refused': (state, { taskId, problem }) => patchTask(state, taskId, { waitsFor: null, problem }),
  'integration.requested': (state, { taskId, jobId }) => awaitJob(state, taskId, jobId, null),
  'integration.completed': (state, { taskId, tip, baseCommit }) => ({
    ...patchTask(state, taskId, { waitsFor: null, integratedBase: baseCommit, conflict: null }),
    tip,
  }),
  'landing.requested': (state, { taskId, jobId }) =>
    awaitJob(beginLanding(state, taskId), taskId, jobId, null),
  'landing.completed': (state, { taskId, commit, checkout }) =>
    patchTask(state, taskId, {
      waitsFor: null,
      ending: { kind: 'merged', commit, baseBranch: state.baseBranch, checkout },
    }),
  'landing.deferred': (state, { taskId }) =>
    patchTask(state, taskId, {
      waitsFor: null,
      integratedBase: null,
      landingRounds: taskOf(state, taskId).landingRounds + 1,
    }),
  'pull_request.requested': (state, { taskId, jobId }) => awaitJob(state, taskId, jobId, null),
  'pull_request.opened': (state, { taskId, url, next }) =>
    patchTask(state, taskId, { waitsFor: null, ending: { kind: 'pull-request', url, next } }),
  'discard.requested': (state, { taskId, jobId }) => awaitJob(state, taskId, jobId, null),
  'branch.discarded': (state, { taskId, rescueRef }) =>
    patchTask(state, taskId, { waitsFor: null, ending: { kind: 'discarded', rescueRef } }),
  'job.failed': (state, { taskId, problem }) => patchTask(state, taskId, { waitsFor: null, problem }),
};

/**
 * A base that stands at the tip already was moved there by an earlier try, whose checkouts may not have followed: they still
 * are where that one began.
 */
function beginLanding(state: RunState, taskId: string): RunState {
  const { landing, integratedBase } = taskOf(state, taskId);
  const to = tipOf(state);
  if (landing?.to === to && integratedBase === to) return state;
  return patchTask(state, taskId, { landing: { from: known(integratedBase, 'integrated base'), to } });
}

function awaitJob(state: RunState, taskId: string, jobId: string, slot: number | null): RunState {
  return countId(patchTask(state, taskId, { waitsFor: { kind: 'job', jobId, slot }, problem: null }), 'j');
}
