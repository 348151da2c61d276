export type { ErrorData, ErrorParameters, ErrorPlace } from './error/tina-error.ts';
export { TinaError, UnreachableError, UsageError } from './error/tina-error.ts';
export type {
  AgentAccess,
  DaemonStart,
  Launch,
  LaunchLimits,
  LaunchSubject,
  McpServer,
} from './host/launch.ts';
export type { HostFrame, HostHello, HostOrder } from './host/frames.ts';
export type {
  AcpAgentDefinition,
  AgentDefinition,
  ClaudeAgentDefinition,
  CliAgentDefinition,
  CodexAgentDefinition,
  CommandAgentDefinition,
  GeminiAgentDefinition,
  OpencodeAgentDefinition,
  ScriptedAgentDefinition,
} from './config/agent-definition.ts';
export { agentInSandbox } from './config/agent-in-sandbox.ts';
export { modelsOfKind } from './config/agent-models.ts';
export { agentNamed, BUILT_IN_AGENTS } from './config/built-in-agents.ts';
export { AMOUNT_FORMS, parseBudgetAmount } from './config/budget-amount.ts';
export { findPrice } from './price/find-price.ts';
export { PRICES_AS_OF } from './price/published-prices.ts';
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
export { agentOfRole, rolesWithoutAgent, routedAgents } from './config/routes-of-config.ts';
export type { ClientLine, ServerLine } from './wire/wire.ts';
export { MAX_LINE_BYTES } from './wire/wire.ts';
export type { AgentProcedure, AgentVerb } from './agent/agent-verbs.ts';
export { AGENT_VERBS, mayCall, verbsOf } from './agent/agent-verbs.ts';
export type { AgentTool } from './agent/agent-tools.ts';
export { procedureOfTool, toolsOf } from './agent/agent-tools.ts';
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
export type { AgentTests, AgentTestView, AgentView } from './view/agent-program-views.ts';
export { agentTestsSchema, agentTestViewSchema, agentViewSchema } from './view/agent-program-views.ts';
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
export type { MessageView, QuestionView } from './view/message-views.ts';
export { USAGE_GROUPS, type UsageGroup } from './view/usage-group.ts';
export type { BudgetView, UsageRow, UsageSum, UsageView } from './view/usage-views.ts';
export type { RepairedItem, VerifyFinding, VerifyKind, VerifyView } from './view/verify-views.ts';
export type {
  AgentMaterials,
  Answer,
  Assignment,
  HeldAttempt,
  InboxMessage,
  NodeApi,
  RunSettings,
} from './node/node-api.ts';
export type { KnownRun, Remain, RemainKind, Remains, RemovableRemain } from './node/remains.ts';
export type { LeftoverQuery, Machine, RepositoryFacts } from './node/machine.ts';
export { isAtLeast, LEAST_GIT, LEAST_TMUX } from './node/required-versions.ts';
