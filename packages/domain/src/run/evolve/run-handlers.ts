import { findingOf, gateOf } from '../lookup.ts';
import type { RunState } from '../state.ts';
import type { Handlers } from './handlers.ts';
import { answerBudget } from './budget-handlers.ts';
import { countId, patchTask } from './patch.ts';

type RunLevelEvent =
  | 'run.paused'
  | 'run.resumed'
  | 'run.blocked'
  | 'run.unblocked'
  | 'run.cancel_requested'
  | 'run.cancelled'
  | 'run.completed'
  | 'team.created'
  | 'phase.added'
  | 'plan.accepted'
  | 'finding.opened'
  | 'finding.closed'
  | 'finding.waived'
  | 'gate.opened'
  | 'gate.approved'
  | 'gate.rejected'
  | 'slots.removal_requested'
  | 'slots.removed'
  | 'slots.removal_failed';

/** Events about the run as a whole: control, phases, findings, gates, worktrees. */
export const runHandlers: Handlers<RunLevelEvent> = {
  'run.paused': (state) => ({ ...state, control: 'paused' }),
  'run.resumed': (state) => ({ ...state, control: 'active' }),
  'run.blocked': (state, { tasks }) => ({ ...state, blocked: tasks }),
  'run.unblocked': (state) => ({ ...state, blocked: null }),
  'run.cancel_requested': (state, { reason }) => ({
    ...state,
    control: 'cancelling',
    cancelReason: reason,
    blocked: null,
  }),
  'run.cancelled': (state, { reason }, at) => ({
    ...state,
    control: 'ended',
    blocked: null,
    ending: { kind: 'cancelled', reason },
    endedAt: at,
  }),
  'run.completed': (state, { ending }, at) => ({
    ...state,
    control: 'ended',
    blocked: null,
    ending,
    endedAt: at,
  }),
  'team.created': (state, team) => countId({ ...state, teams: { ...state.teams, [team.id]: team } }, 'm'),
  'phase.added': (state, phase) => ({
    ...state,
    phases: insertPhase(state.phases, {
      ...phase,
      startCommit: null,
      endCommit: null,
      plan: null,
    }),
  }),
  'plan.accepted': (state, { phase, plan }) => ({
    ...state,
    phases: state.phases.map((each) => (each.number === phase ? { ...each, plan } : each)),
  }),
  'finding.opened': (state, finding, at) =>
    countId(
      {
        ...state,
        findings: {
          ...state.findings,
          [finding.id]: { ...finding, status: 'open', openedAt: at, closedAt: null, closedBecause: null },
        },
      },
      'f',
    ),
  'finding.closed': (state, { findingId, because }, at) =>
    endFinding(state, findingId, 'closed', because, at),
  'finding.waived': (state, { findingId, because }, at) =>
    endFinding(state, findingId, 'waived', because, at),
  'gate.opened': (state, gate, at) => {
    const opened = { ...gate, status: 'open', comment: null, openedAt: at, answeredAt: null } as const;
    const asked = countId({ ...state, gates: { ...state.gates, [gate.id]: opened } }, 'g');
    // For a budget's gate several may wait: see budget.held.
    if (gate.kind === 'budget') return asked;
    return patchTask(asked, gate.taskId, { gateId: gate.id, waitsFor: { kind: 'gate', gateId: gate.id } });
  },
  'gate.approved': (state, { gateId, comment }, at) => answerGate(state, gateId, 'approved', comment, at),
  'gate.rejected': (state, { gateId, comment }, at) => answerGate(state, gateId, 'rejected', comment, at),
  'slots.removal_requested': (state) => countId({ ...state, slotsRemoval: 'requested' }, 'j'),
  'slots.removed': (state, { slots }) => ({
    ...state,
    slotsRemoval: 'done',
    slots: state.slots.filter((slot) => !slots.includes(slot)),
  }),
  'slots.removal_failed': (state) => ({ ...state, slotsRemoval: 'failed' }),
};

function insertPhase(phases: RunPhases, phase: RunPhases[number]): RunPhases {
  const after = phases.findIndex((each) => each.number === phase.remediates);
  return after === -1 ? [...phases, phase] : phases.toSpliced(after + 1, 0, phase);
}

type RunPhases = RunState['phases'];

function endFinding(
  state: RunState,
  findingId: string,
  status: 'closed' | 'waived',
  because: string,
  at: number,
): RunState {
  const ended = { ...findingOf(state, findingId), status, closedAt: at, closedBecause: because };
  return { ...state, findings: { ...state.findings, [findingId]: ended } };
}

function answerGate(
  state: RunState,
  gateId: string,
  status: 'approved' | 'rejected',
  comment: string | null,
  at: number,
): RunState {
  const gate = { ...gateOf(state, gateId), status, comment, answeredAt: at };
  const answered = { ...state, gates: { ...state.gates, [gateId]: gate } };
  if (gate.kind === 'budget') return answerBudget(answered, gateId, status === 'rejected' ? comment : null);
  return patchTask(answered, gate.taskId, {
    waitsFor: null,
    comment: status === 'rejected' ? comment : null,
  });
}
