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
export { DAEMON_ENVIRONMENT } from './host/daemon-starter.ts';
export { forgetSecrets } from './host/forget-secrets.ts';
export { agentHostProgram } from './host/program-path.ts';
export { readSpool } from './host/read-spool.ts';
export { isSecretName } from './host/secret-name.ts';
