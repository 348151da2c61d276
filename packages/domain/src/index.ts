export type { Design, DesignPhase, Finding, SuccessMetrics } from './design/design.ts';
export type { ComplexityBudget, Plan, PlanTask, ReviewMode } from './plan/plan.ts';
export type { FindingVerdict, Report, ReportedFinding, ReportKind, Severity } from './report/report.ts';
export { REPORT_KINDS } from './report/report.ts';
export type { CheckDefinition, CheckOutcome, CheckResult, CheckStage } from './check/check.ts';
export { CHECK_STAGES } from './check/check.ts';
export type { BackoffPolicy, Budget, BudgetPolicy, Measure } from './policy/budget.ts';
export { BACKOFF_DEFAULTS, BUDGET_DEFAULTS, MEASURES } from './policy/budget.ts';
export type { ModelPrice } from './price/price.ts';
export { NANO_USD } from './price/price.ts';
export type { Role } from './policy/role.ts';
export { isWritingRole, ROLES } from './policy/role.ts';
export type { Route, RouteRule, RoutingPolicy } from './policy/routing-policy.ts';
export { agentOfRule, reachableAgents, route, type RoutesOf, routeText } from './policy/route.ts';
export { findOwnReview } from './policy/find-own-review.ts';
export { TAG } from './plan/field-values.ts';
export type {
  FinalizeChoice,
  FinalizeMode,
  Preset,
  RetryPolicy,
  RunPolicy,
  TaskReviewPolicy,
} from './policy/policy.ts';
export { FINALIZE_MODES, POLICY_DEFAULTS, PRESET_POLICIES, PRESETS } from './policy/policy.ts';
export type {
  CollectEvidenceJob,
  ContinueAgentJob,
  CreateBranchJob,
  DiscardBranchJob,
  Evidence,
  IntegrateBaseJob,
  IntegrateResult,
  Job,
  JobKind,
  JobOutcome,
  JobProblem,
  LandJob,
  LandResult,
  MergeJob,
  MergeResult,
  OpenPullRequestJob,
  RemoveSlotsJob,
  RunChecksJob,
  SettleAttemptJob,
  StartAgentJob,
} from './run/job.ts';
export type {
  Attempt,
  AttemptProgress,
  AttemptFailure,
  AttemptFailureKind,
  AttemptStatus,
  Backoff,
  RecordedReport,
  ReturnReason,
} from './run/attempt.ts';
export type { Addressee, Delivery, DeliveryMode, Message, Question } from './run/message/message.ts';
export { MAX_MESSAGE_BYTES } from './run/message/message.ts';
export type { MessageStatus, QuestionStatus } from './run/message/mailbox.ts';
export {
  attemptAtWork,
  inboxOf,
  messagesFor,
  messageStatus,
  openQuestions,
  questionStatus,
} from './run/message/mailbox.ts';
export { addUsage, type Usage, usageOf } from './run/usage.ts';
export type { Amount, Use } from './run/budget/use.ts';
export { addUse, NO_USE } from './run/budget/use.ts';
export type { BudgetScope } from './run/budget/scope.ts';
export { attemptScope } from './run/budget/scope.ts';
export type { Spent } from './run/budget/spent.ts';
export { spentOf, underWayMs, useOf } from './run/budget/spent.ts';
export type { Gate } from './run/gate.ts';
export type { RunFinding } from './run/run-finding.ts';
export type { BlockedTask, Phase, RunEnding, RunState, Team } from './run/state.ts';
export type {
  Task,
  TaskBlock,
  TaskConflict,
  TaskKind,
  TaskResult,
  TaskStatus,
  TaskStep,
  WaitsFor,
} from './run/task.ts';
export type {
  NewTask,
  RecordedEvent,
  RetryCause,
  RunEvent,
  RunEventPayloads,
  RunEventType,
} from './run/event.ts';
export type {
  CreateRun,
  Decision,
  NodeCommand,
  OperatorCommand,
  Recipient,
  Rejection,
  RunCommand,
  TimerCommand,
  TurnError,
  TurnOutcome,
} from './run/command.ts';
export type { Effect } from './run/effects/effect.ts';
export type { EffectOfEvent, Handled, Transition } from './run/handle-command.ts';
export { handleCommand, handleCreate } from './run/handle-command.ts';
export { evolve, initialState } from './run/evolve/evolve.ts';
export type { RunStatus } from './run/run-status.ts';
export { runStatus, runTasks } from './run/run-status.ts';
export {
  attemptsOfTask,
  isActive,
  isStuck,
  openPhaseFindings,
  openTaskFindings,
  unsettledAttempts,
} from './run/queries.ts';
export { found } from './run/lookup.ts';
export { workScope } from './run/work-scope.ts';
export { MAX_LINES_PER_TASK } from './plan/lint-plan.ts';
export { findingsToJudge } from './run/decide/judge-report.ts';
export { assertNever } from './run/assert-never.ts';
export type { ParsedDesign } from './design/parse-design.ts';
export { parseDesign } from './design/parse-design.ts';
export type { ParsedTask } from './plan/task-text.ts';
export { parseTask, taskText } from './plan/task-text.ts';
export type { TaskEdit } from './run/edit/task-edit.ts';
export type { ParsedPlan } from './plan/parse-plan.ts';
export { parsePlan } from './plan/parse-plan.ts';
export { featureName, isFeatureName } from './design/feature-name.ts';
export type { ParsedMessage } from './report/parse-message.ts';
export { expectedForm, parseMessage } from './report/parse-message.ts';
export { isInScope } from './scope/path-scope.ts';
export {
  attemptBranch,
  attemptRescueRef,
  mainPhase,
  runBranch,
  runRescueRef,
  sessionName,
  slotDirectory,
} from './naming/names.ts';
export type { Violation } from './run/invariant/violation.ts';
export type { HistoryViolation } from './run/invariant/history-check.ts';
export { HistoryCheck } from './run/invariant/history-check.ts';
export { checkHistory, checkTransition } from './run/invariant/check-history.ts';
export { awaitedJobs, awaitedTimers } from './run/invariant/check-waits.ts';
