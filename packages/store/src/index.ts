export { openSqliteStore, type SqliteStoreOptions } from './open-sqlite-store.ts';
export { inspectStore, type InspectedRun, type StoreInspection } from './inspect/inspect-store.ts';
export type { RunModel } from './run-model.ts';
export { StoreError, type StoreErrorCode } from './store-error.ts';
export type {
  ActionRange,
  AgentToken,
  ControlAction,
  DesignRevision,
  Document,
  NewDesign,
  Project,
  SavedDesign,
  StoredAction,
} from './records.ts';
export type { RunFilter, RunSummary } from './run/run-summary.ts';
export type { RunAudit, RunMend, WrongCopy } from './audit/audit.ts';
export type {
  ClaimedJob,
  Commit,
  CommitResult,
  EndedRuns,
  EnqueuedJob,
  EntityKind,
  EventRange,
  Forgotten,
  JobClaim,
  JobFilter,
  JobRow,
  LeaseLoss,
  LeaseRenewal,
  NodeRegistration,
  RunWrite,
  Store,
  StoredEvent,
  Sweep,
  Timer,
} from './store.ts';
