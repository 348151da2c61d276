import { readFileSync } from 'node:fs';
import type { EventView, RunView } from '@tina/contract';
import { createLedger, enter } from '../watcher/ledger.ts';
import type { Facts, RunFacts } from './facts.ts';

/** Events of a real run, as `tina events --json` printed them. */
export function recordedEvents(name: string): readonly EventView[] {
  const text = readFileSync(new URL(`../watcher/fixtures/${name}.jsonl`, import.meta.url), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as EventView);
}

/** A run as its recorded events make it; the view may be told to say something else. */
export function makeRun(name: string, view: Partial<RunView> = {}): RunFacts {
  const events = recordedEvents(name);
  const ledger = createLedger(events[0]?.runId ?? '');
  for (const event of events) enter(ledger, event);
  const status = ledger.ended ?? (ledger.isBlocked ? 'blocked' : 'executing');
  const made = {
    id: ledger.runId,
    feature: ledger.feature,
    status,
    revision: events.length,
    ending: status === 'complete' ? { kind: 'merged' } : null,
    endedAt: status === 'complete' ? ledger.lastAt : null,
    phases: ledger.phases.map((number) => ({ number, remediates: number.includes('.') ? '1' : null })),
    tasks: [...ledger.tasks.values()],
    blocked: [],
    findings: [],
    ...view,
  } as unknown as RunView;
  return { view: made, events, actions: [], ledger, checks: new Map(), prompts: new Map() };
}

/** Facts of a scenario that went well. */
export function makeFacts(run: RunFacts | null = makeRun('single-phase'), facts: Partial<Facts> = {}): Facts {
  const runs = run === null ? [] : [run];
  return {
    end: 'over',
    launch: { code: 0, stdout: '', stderr: '' },
    runs,
    commits: ['Say hello'],
    files: new Map(),
    isCheckoutClean: true,
    verified: [],
    neverPlayed: [],
    stepProblems: [],
    leftovers: [],
    complaints: [],
    followed: new Map(runs.map(({ view, events }) => [view.id, events.map(({ number }) => number)])),
    durationMs: 2000,
    ...facts,
  };
}
