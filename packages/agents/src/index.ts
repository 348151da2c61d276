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
export { openRecordReader, type RecordReader } from './adapter/open-record-reader.ts';
export { judgeVersion, type VersionJudgement, type VersionRange } from './cli/version-range.ts';
export { makeTrialRepository } from './trial/trial-repository.ts';
export { sandboxProblem } from './sandbox/sandbox-problem.ts';
export { TRIAL_PHASE, TRIAL_ROLE } from './trial/trial-prompt.ts';
export { TRIAL_STEPS, type TrialResult, type TrialStep } from './trial/trial-step.ts';
export { tryAgent } from './trial/try-agent.ts';
export { forgetSecrets } from './host/forget-secrets.ts';
export { renderEvent } from './host/render-event.ts';
export { agentHostProgram } from './host/program-path.ts';
export { readSpool } from './host/read-spool.ts';
export { PieceRedactor } from './secret/piece-redactor.ts';
export { type Secret, secretsOf } from './secret/secret.ts';
export { isSecretName } from './secret/secret-name.ts';
export { type Reader, ReadingNotes, type ScriptNode } from './scripted/script/node-reader.ts';
export { checkScript } from './scripted/script/check-script.ts';
export { parseScript } from './scripted/script/parse-script.ts';
export { readRecord } from './scripted/read-record.ts';
export { type FieldValues, optional, record, required } from './scripted/script/record-reader.ts';
export {
  duration,
  filledText,
  list,
  oneOf,
  oneOrMore,
  text,
  wholeNumber,
  yesNo,
} from './scripted/script/value-readers.ts';
