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
