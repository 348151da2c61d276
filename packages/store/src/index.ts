export { openSqliteStore, type SqliteStoreOptions } from './open-sqlite-store.ts';
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
  RunFilter,
  RunSummary,
  RunWrite,
  Store,
  StoredEvent,
  Sweep,
  Timer,
} from './store.ts';
