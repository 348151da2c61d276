import { auditRun } from './audit/audit-run.ts';
import { mendRun } from './audit/mend-run.ts';
import { commit } from './commit/commit.ts';
import { readAction, readActions } from './commit/read-actions.ts';
import { findDesign, readDesignRevision, saveDesign } from './design/designs.ts';
import { readDocument, saveDocument } from './design/documents.ts';
import { findProject, saveProject } from './design/projects.ts';
import { claimJobs } from './node/claim-jobs.ts';
import { listJobs } from './node/list-jobs.ts';
import { registerNode } from './node/register-node.ts';
import { renewLeases } from './node/renew-leases.ts';
import { nextLeaseEnd, sweep } from './node/sweep.ts';
import { findToken, insertToken } from './node/tokens.ts';
import { forgetEnded } from './run/forget-ended.ts';
import { findOwner } from './run/find-owner.ts';
import { listRuns, runRevision } from './run/list-runs.ts';
import { loadRows } from './run/load-rows.ts';
import { loadRun } from './run/load-run.ts';
import { lastSequence, readEvents } from './run/read-events.ts';
import { dueTimers, nextTimerAt } from './run/timers.ts';
import type { SqlContext } from './sql-context.ts';
import type { Store } from './store.ts';

/** The store on any SQL database that Kysely speaks to; the database's own matters are what a caller adds. */
export function sqlStore(context: SqlContext): Omit<Store, 'checkIntegrity' | 'close'> {
  const { db } = context;
  return {
    now: () => context.now(db),
    commit: (write) => commit(context, write),

    loadRun: (runId) => loadRun(context, runId),
    loadRows: (runId) => loadRows(db, runId),
    runRevision: (runId) => runRevision(db, runId),
    listRuns: (filter) => listRuns(db, filter),
    findOwner: (kind, id) => findOwner(db, kind, id),

    readEvents: (range) => readEvents(db, range),
    lastSequence: () => lastSequence(db),

    saveProject: (project) => saveProject(db, project),
    findProject: (repository) => findProject(db, repository),
    saveDesign: (design) => saveDesign(db, design),
    findDesign: (projectId, path) => findDesign(db, projectId, path),
    readDesignRevision: (revisionId) => readDesignRevision(db, revisionId),
    saveDocument: (document) => saveDocument(db, document),
    readDocument: (hash) => readDocument(db, hash),

    findAction: (idempotencyKey) => readAction(db, idempotencyKey),
    readActions: (range) => readActions(db, range),

    registerNode: (node) => registerNode(context, node),
    claimJobs: (claim) => claimJobs(context, claim),
    renewLeases: (renewal) => renewLeases(context, renewal),
    sweep: () => sweep(context),
    listJobs: (filter) => listJobs(db, filter),
    nextLeaseEnd: () => nextLeaseEnd(db),

    dueTimers: (now, limit) => dueTimers(db, now, limit),
    nextTimerAt: () => nextTimerAt(db),

    forgetEnded: (which) => forgetEnded(context, which),

    auditRun: (runId) => auditRun(db, runId),
    mendRun: (mend) => mendRun(context, mend),

    saveToken: (token) => insertToken(db, token),
    findToken: (secretHash) => findToken(db, secretHash),
  };
}
