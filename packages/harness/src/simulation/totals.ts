import type { Scenario } from './scenario.ts';
import type { SimulationResult } from './simulate.ts';

/** A history that broke a guarantee. */
export interface Failure {
  readonly scenario: Scenario;
  readonly message: string;
}

/** What many histories went through together. */
export interface Totals {
  seeds: number;
  steps: number;
  commits: number;
  events: number;
  attempts: number;
  simulatedMs: number;
  readonly faults: Record<string, number>;
  readonly answers: Record<string, number>;
  readonly endings: Record<string, number>;
  readonly failures: Failure[];
}

export function noTotals(): Totals {
  return {
    seeds: 0,
    steps: 0,
    commits: 0,
    events: 0,
    attempts: 0,
    simulatedMs: 0,
    faults: {},
    answers: {},
    endings: {},
    failures: [],
  };
}

export function count(totals: Totals, scenario: Scenario, result: SimulationResult): void {
  totals.seeds += 1;
  for (const figure of ['steps', 'commits', 'events', 'attempts', 'simulatedMs'] as const) {
    totals[figure] += result[figure];
  }
  for (const table of ['faults', 'answers', 'endings'] as const) {
    for (const [name, times] of result[table]) totals[table][name] = (totals[table][name] ?? 0) + times;
  }
  if (result.violation !== null) totals.failures.push({ scenario, message: result.violation.message });
}

export function add(totals: Totals, more: Totals): void {
  for (const figure of ['seeds', 'steps', 'commits', 'events', 'attempts', 'simulatedMs'] as const) {
    totals[figure] += more[figure];
  }
  for (const table of ['faults', 'answers', 'endings'] as const) {
    for (const [name, times] of Object.entries(more[table])) {
      totals[table][name] = (totals[table][name] ?? 0) + times;
    }
  }
  totals.failures.push(...more.failures);
}

/** For a person, after the last history. */
export function describeTotals(totals: Totals, tookMs: number): string {
  const { seeds, steps, commits, events, attempts, simulatedMs, faults, answers, endings } = totals;
  const perMinute = Math.round(seeds / (tookMs / 60_000));
  const days = (simulatedMs / 86_400_000).toFixed(1);
  const rows: readonly (readonly [string, string])[] = [
    ['histories', `${seeds} in ${(tookMs / 1_000).toFixed(1)} s: ${perMinute} a minute`],
    [
      'went through',
      `${steps} steps, ${commits} commits, ${events} events, ${attempts} attempts, ${days} days`,
    ],
    ['faults', `${sum(faults)}: ${tableOf(faults)}`],
    ['crashes', String(crashes(faults))],
    ['commands', `${sum(answers)}: ${tableOf(answers)}`],
    ['runs ended', tableOf(endings)],
    ['violations', String(totals.failures.length)],
  ];
  return rows.map(([name, text]) => `${name.padEnd(14)}${text}\n`).join('');
}

function sum(table: Readonly<Record<string, number>>): number {
  return Object.values(table).reduce((total, times) => total + times, 0);
}

/** Processes and machines that ended without a word. */
function crashes(faults: Readonly<Record<string, number>>): number {
  const ofCrash = Object.entries(faults).filter(([kind]) => kind.startsWith('kill') || kind === 'power cut');
  return sum(Object.fromEntries(ofCrash));
}

function tableOf(table: Readonly<Record<string, number>>): string {
  const entries = Object.entries(table).toSorted(([, a], [, b]) => b - a);
  return entries.length === 0 ? 'none' : entries.map(([name, times]) => `${name} ${times}`).join(', ');
}
