export type { ErrorData, ErrorParameters, ErrorPlace } from './error/tina-error.ts';
export { TinaError, UnreachableError, UsageError } from './error/tina-error.ts';
export type { DaemonStart, Launch, LaunchLimits, LaunchSubject } from './host/launch.ts';
export type { HostFrame, HostHello, HostOrder } from './host/frames.ts';
export type {
  AgentDefinition,
  CommandAgentDefinition,
  ScriptedAgentDefinition,
} from './config/agent-definition.ts';
export type { ConfigFile } from './config/config-schema.ts';
export { configError } from './config/config-error.ts';
export { configJsonSchema } from './config/config-json-schema.ts';
export { formatDuration, parseDuration } from './config/duration.ts';
export type {
  ConfigOrigin,
  ConfigOrigins,
  ConfigSource,
  EffectiveConfig,
} from './config/effective-config.ts';
export type { MergedConfig } from './config/merge-config.ts';
export { mergeConfig } from './config/merge-config.ts';
export { nearest } from './config/nearest.ts';
export type { ClientLine, ServerLine } from './wire/wire.ts';
export { MAX_LINE_BYTES } from './wire/wire.ts';
export type { Access } from './procedure/define.ts';
export type {
  ParsedInput,
  ProcedureInput,
  ProcedureName,
  ProcedureOutput,
  Procedures,
} from './procedure/procedures.ts';
export { procedures } from './procedure/procedures.ts';
export { reportInputSchema } from './procedure/report-schema.ts';
export type { ActionView, TimelineItem } from './view/action-views.ts';
export { answerSchemas } from './view/answer-schemas.ts';
export type { ConfigView, DoctorView, ExaminationView, InitView } from './view/set-up-views.ts';
export { configViewSchema, doctorViewSchema, initViewSchema } from './view/set-up-views.ts';
export type {
  AttemptView,
  CheckView,
  CleanupItem,
  DaemonView,
  EventView,
  FindingView,
  GateView,
  RunSummaryView,
  RunView,
  TaskDetailView,
  TaskView,
} from './view/views.ts';
export type { RepairedItem, VerifyFinding, VerifyKind, VerifyView } from './view/verify-views.ts';
export type {
  AgentMaterials,
  Answer,
  Assignment,
  HeldAttempt,
  NodeApi,
  RunSettings,
} from './node/node-api.ts';
export type { KnownRun, Remain, RemainKind, Remains, RemovableRemain } from './node/remains.ts';
export type { LeftoverQuery, Machine, RepositoryFacts } from './node/machine.ts';
export { isAtLeast, LEAST_GIT, LEAST_TMUX } from './node/required-versions.ts';
