import type { Facts, RunFacts } from '../play/facts.ts';

/** What can be counted about the first run of a scenario. */
export interface Metrics {
  readonly attempts: number;
  /** Attempts after the first of the same task and role. */
  readonly retries: number;
  readonly lost: number;
  /** Phases that closed gaps. */
  readonly remediations: number;
  /** What an operator asked for, the launch left out; refused requests count too. */
  readonly operatorActions: number;
  /** From the launch to the end, in milliseconds. */
  readonly duration: number;
}

/** The metrics of a run as its scenario was played. */
export function metricsOf(
  { ledger, view, actions }: RunFacts,
  { durationMs }: Pick<Facts, 'durationMs'>,
): Metrics {
  const attempts = [...ledger.attempts.values()];
  const firsts = new Set(attempts.map(({ taskId, role }) => `${taskId} ${role}`));
  return {
    attempts: attempts.length,
    retries: attempts.length - firsts.size,
    lost: attempts.filter(({ status }) => status === 'lost').length,
    remediations: view.phases.filter(({ remediates }) => remediates !== null).length,
    operatorActions: actions.filter(({ kind, requestedBy }) => isOperators(kind, requestedBy)).length,
    duration: durationMs,
  };
}

function isOperators(kind: string, requestedBy: string): boolean {
  return kind !== 'run.create' && !requestedBy.startsWith('agent ');
}
