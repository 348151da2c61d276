export {
  createModelServer,
  type ModelServer,
  type ModelServerOptions,
} from './server/create-model-server.ts';
export type { LoggedRequest, RequestLog } from './server/request-log.ts';
export type { ConversationItem, ModelRequest, OfferedTool, Protocol } from './request/model-request.ts';
export { inline } from './scenario/inline.ts';
export type { ChooseScenario, RegisteredScenario } from './scenario/find-scenario.ts';
export type {
  CallStep,
  ErrorStep,
  FaultStep,
  Json,
  JsonObject,
  Scenario,
  Step,
  TokenCounts,
} from './scenario/step.ts';
export {
  calls,
  cut,
  error,
  flood,
  hang,
  mcp,
  refuse,
  shell,
  silence,
  text,
  tool,
  write,
} from './scenario/steps.ts';
export { openOfflineNetwork, type OfflineNetwork } from './offline/open-offline.ts';
export { findTestAgent, type FoundTestAgent } from './test-agents/find-test-agent.ts';
