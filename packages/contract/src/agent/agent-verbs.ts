import type { Role } from '@tina/domain';

/** The procedures that agents at work may call. */
export type AgentProcedure =
  | 'agent.task'
  | 'agent.report'
  | 'agent.progress'
  | 'agent.ask'
  | 'agent.messages.read'
  | 'agent.messages.send'
  | 'agent.findings'
  | 'agent.usage';

export interface AgentVerb {
  readonly procedure: AgentProcedure;
  /** The name of the tool. */
  readonly tool: string;
  /** The same as a command, with its usual arguments. */
  readonly command: string;
  /** For prompts and lists of tools: what it is for, in one sentence. */
  readonly brief: string;
  readonly roles: readonly Role[];
}

const EVERYONE: readonly Role[] = [
  'validator',
  'planner',
  'implementer',
  'spec-reviewer',
  'quality-reviewer',
  'reviewer',
  'resolver',
];
/** Who makes something that others build on; whoever judges decides by itself and says it in its findings (G29). */
const MAKERS: readonly Role[] = ['planner', 'implementer', 'resolver'];

/** Which role may do what: prompts, tools, commands and refusals are made from this table. */
export const AGENT_VERBS: readonly AgentVerb[] = [
  {
    procedure: 'agent.task',
    tool: 'task',
    command: 'tina mine',
    brief: 'Your task again: files, plan, acceptance, open findings, and the report that is expected.',
    roles: EVERYONE,
  },
  {
    procedure: 'agent.report',
    tool: 'report',
    command: 'tina report',
    brief: 'Your final word. Once, as the last thing you do.',
    roles: EVERYONE,
  },
  {
    procedure: 'agent.progress',
    tool: 'progress',
    command: 'tina progress "<how far you are>"',
    brief: 'How far you are, for people who look on. At most every few seconds.',
    roles: EVERYONE,
  },
  {
    procedure: 'agent.ask',
    tool: 'ask',
    command: 'tina ask "<question>"',
    brief: 'Ask a person what only a person can know. It may stay unanswered: then decide yourself.',
    roles: ['validator', ...MAKERS],
  },
  {
    procedure: 'agent.messages.read',
    tool: 'read_messages',
    command: 'tina inbox',
    brief: 'Messages to you that you have not got yet.',
    roles: EVERYONE,
  },
  {
    procedure: 'agent.messages.send',
    tool: 'send_message',
    command: 'tina say <task|attempt|role|operator> "<text>"',
    brief: 'Tell somebody else at work, or the people who look after the run.',
    roles: MAKERS,
  },
  {
    procedure: 'agent.findings',
    tool: 'findings',
    command: 'tina mine findings',
    brief: 'Open findings that concern you.',
    roles: ['planner', 'implementer', 'spec-reviewer', 'quality-reviewer', 'reviewer', 'resolver'],
  },
  {
    procedure: 'agent.usage',
    tool: 'usage',
    command: 'tina mine usage',
    brief: 'Tokens and money that you have used so far.',
    roles: EVERYONE,
  },
];

/** The verbs of one role, in the order of the table. */
export function verbsOf(role: Role): readonly AgentVerb[] {
  return AGENT_VERBS.filter(({ roles }) => roles.includes(role));
}

export function mayCall(role: Role, procedure: AgentProcedure): boolean {
  return verbsOf(role).some((verb) => verb.procedure === procedure);
}
