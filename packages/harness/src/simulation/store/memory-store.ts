import type { RunState } from '@tina/domain';
import type { Commit, CommitResult, Store, Timer } from '@tina/store';
import { MemoryJobs } from './memory-jobs.ts';
import { MemoryActions, memoryRecords, MemoryTokens } from './memory-records.ts';
import { MemoryRuns } from './memory-runs.ts';

interface Parts {
  readonly clock: () => number;
  readonly jobs: MemoryJobs;
  readonly runs: MemoryRuns;
  readonly actions: MemoryActions;
  readonly tokens: MemoryTokens;
  readonly timers: Map<string, Timer>;
  readonly documents: Map<string, string>;
}

/**
 * The store's port over plain maps: what a history takes most of its time for is the database. Whether it answers as the
 * real one does is looked at by `twinStore`, question by question. What only `verify` needs is not in it.
 */
export function memoryStore(options: {
  readonly statusOf: (state: RunState) => string;
  readonly clock: () => number;
}): Store {
  const parts: Parts = {
    clock: options.clock,
    jobs: new MemoryJobs(),
    runs: new MemoryRuns(options.statusOf),
    actions: new MemoryActions(),
    tokens: new MemoryTokens(),
    timers: new Map(),
    documents: new Map(),
  };
  const { clock, actions, tokens, documents } = parts;
  return {
    ...memoryRecords(),
    ...ofRuns(parts),
    ...ofJobs(parts),
    now: () => answer(clock),
    commit: (commit) => answer(() => committed(parts, commit)),
    saveDocument: ({ hash, text }) => answer(() => void documents.set(hash, text)),
    readDocument: (hash) => answer(() => documents.get(hash) ?? null),
    findAction: (key) => answer(() => actions.find(key)),
    readActions: actions.read,
    saveToken: (token) => answer(() => tokens.add(token)),
    findToken: (secretHash) => answer(() => tokens.find(secretHash)),
    auditRun: notThere,
    mendRun: notThere,
    checkIntegrity: () => answer(() => []),
    close: () => answer(() => undefined),
  };
}

type RunMethod =
  | 'loadRun'
  | 'loadRows'
  | 'runRevision'
  | 'listRuns'
  | 'readEvents'
  | 'lastSequence'
  | 'findOwner'
  | 'forgetEnded';

function ofRuns({ runs, jobs, tokens }: Parts): Pick<Store, RunMethod> {
  return {
    loadRun: (runId) => answer(() => runs.state(runId)),
    loadRows: (runId) => answer(() => runs.state(runId)),
    runRevision: (runId) => answer(() => runs.state(runId)?.revision ?? null),
    listRuns: (filter) => answer(() => runs.list(filter)),
    readEvents: (range) => answer(() => runs.events(range)),
    lastSequence: () => answer(() => runs.lastSequence),
    findOwner: (kind, id) => answer(() => (kind === 'job' ? jobs.owner(id) : runs.owner(kind, id))),
    forgetEnded: (which) =>
      answer(() => {
        const isMeant = (runId: string): boolean => {
          const endedAt = runs.state(runId)?.endedAt ?? null;
          if (endedAt === null) return false;
          return 'endedBefore' in which ? endedAt < which.endedBefore : which.runIds.includes(runId);
        };
        return { tokens: tokens.forget(isMeant), jobs: jobs.forget(isMeant) };
      }),
  };
}

type JobMethod =
  | 'registerNode'
  | 'claimJobs'
  | 'renewLeases'
  | 'sweep'
  | 'listJobs'
  | 'nextLeaseEnd'
  | 'dueTimers'
  | 'nextTimerAt';

function ofJobs({ jobs, timers, clock }: Parts): Pick<Store, JobMethod> {
  const dueFirst = (): readonly Timer[] =>
    [...timers.values()].toSorted((a, b) => a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1));
  return {
    registerNode: ({ id }) => answer(() => ({ incarnation: jobs.register(id, clock()) })),
    claimJobs: (claim) => answer(() => jobs.claim(claim, clock())),
    renewLeases: (renewal) => answer(() => jobs.renew(renewal, clock())),
    sweep: () => answer(() => jobs.sweep(clock())),
    listJobs: (filter) => answer(() => jobs.list(filter)),
    nextLeaseEnd: () => answer(() => jobs.nextLeaseEnd()),
    dueTimers: (now, limit) => {
      const due = dueFirst().filter(({ dueAt }) => dueAt <= now);
      return answer(() => due.slice(0, limit));
    },
    nextTimerAt: () => answer(() => dueFirst()[0]?.dueAt ?? null),
  };
}

function committed(parts: Parts, commit: Commit): CommitResult {
  const refusal = refusalOf(parts, commit);
  if (refusal !== null) return refusal;
  apply(parts, commit);
  return { kind: 'committed', lastSequence: parts.runs.lastSequence };
}

function refusalOf(
  { jobs, runs, actions, timers }: Parts,
  { action, completesJob, firesTimer, run }: Commit,
): Exclude<CommitResult, { kind: 'committed' }> | null {
  const earlier = action === null ? null : actions.find(action.idempotencyKey);
  if (earlier !== null) return { kind: 'duplicate-action', action: earlier };
  if (completesJob !== null && !jobs.isHeld(completesJob)) return { kind: 'stale-job' };
  const isFired = firesTimer === null || timers.get(firesTimer.timerId)?.dueAt === firesTimer.dueAt;
  if (!isFired) return { kind: 'stale-timer' };
  const busy = runs.refuseBusy(run);
  if (busy !== null) return busy;
  return run !== null && !runs.isAt(run) ? { kind: 'revision-conflict' } : null;
}

function apply({ clock, jobs, runs, actions, tokens, timers, documents }: Parts, commit: Commit): void {
  const { run, completesJob, firesTimer, action } = commit;
  const now = clock();
  if (completesJob !== null) jobs.end(completesJob.jobId);
  if (firesTimer !== null) timers.delete(firesTimer.timerId);
  if (action !== null) {
    const revision = action.runId === null ? null : (runs.state(action.runId)?.revision ?? null);
    actions.add(action, run, revision);
  }
  if (run !== null) {
    runs.write(run, now);
    jobs.write(run, now);
    for (const id of run.clearTimers) timers.delete(id);
    for (const timer of run.setTimers) timers.set(timer.id, timer);
  }
  for (const { hash, text } of commit.documents) documents.set(hash, text);
  for (const token of commit.tokens) tokens.add(token);
}

/** A throw becomes a rejection, as it is of any store. */
function answer<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}

function notThere(): never {
  throw new Error('nothing is verified in a simulated home');
}
