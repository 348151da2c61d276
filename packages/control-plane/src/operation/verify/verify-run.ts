import type { RunState } from '@tina/domain';
import type { RunAudit, Store } from '@tina/store';
import { compareBeside } from './compare-beside.ts';
import { compareStatus, compareStored, readStored } from './compare-state.ts';
import type { Finding } from './finding.ts';
import { asText, replayRun } from './replay-run.ts';

/** What was found of one run. */
export interface RunReport {
  readonly runId: string;
  readonly events: number;
  /** What its events fold to; null when they cannot be folded. */
  readonly state: RunState | null;
  readonly findings: readonly Finding[];
}

/**
 * Folds every event of a run from the first and compares with what is stored: rows, snapshots, and what stands beside them
 * (G02); and looks at the history for what must never be so. A run may go on meanwhile: what is stored is read first, and
 * compared with the fold at its own revision.
 */
export async function verifyRun(store: Store, runId: string): Promise<RunReport> {
  const stored = [
    await readStored('rows', () => store.loadRows(runId)),
    await readStored('snapshot', () => store.loadRun(runId)),
  ];
  const audit = await readAudit(store, runId);
  const revisions = [...stored.map(({ state }) => state?.revision), audit?.revision];
  const replay = await replayRun(
    store,
    runId,
    revisions.filter((revision) => revision !== undefined),
  );
  const audited = audit === null ? undefined : replay.at.get(audit.revision);
  const compared = compareStored(stored, replay, runId);
  const areRowsRight = !compared.some(({ kind }) => kind === 'rows');
  const isFolded = audit !== null && audited !== undefined && replay.last !== null;
  const findings = [
    ...replay.findings,
    ...compared,
    ...(isFolded ? compareBeside(audit, audited, areRowsRight) : []),
    ...(await compareStatus(store, replay.last)),
  ];
  return { runId, events: replay.events, state: replay.last, findings };
}

/** Null when there is none, or what it says cannot be read: the rows say so. */
async function readAudit(store: Store, runId: string): Promise<RunAudit | null> {
  const audit = await store.auditRun(runId).catch(asText);
  return typeof audit === 'string' ? null : audit;
}
