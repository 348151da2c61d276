export type {
  AgentAdapter,
  AgentCapabilities,
  AgentContext,
  AgentIo,
  AgentLaunch,
  AgentProbe,
  AgentProblem,
  AgentSession,
  AgentTurn,
} from './adapter/agent-adapter.ts';
export type { AgentEvent } from './adapter/agent-event.ts';
export { adapterFor } from './adapter/adapter-for.ts';
export { agentHostProgram } from './host/program-path.ts';
