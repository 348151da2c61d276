import { ROLES } from '@tina/domain';
import { z } from 'zod';
import { findingViewSchema } from '../view/views.ts';
import { messageViewSchema } from '../view/message-views.ts';
import { define } from './define.ts';
import { messageText } from './message-text.ts';
import { reportInputSchema } from './report-schema.ts';

/** Programs that call tools give up after about a minute; the answer comes as a message then. */
const DEFAULT_WAIT_SECONDS = 45;
const MAX_WAIT_SECONDS = 600;

const nothing = z.strictObject({});
const role = z.enum(ROLES);
const attemptId = z.string().describe('you');
const messages = z.array(messageViewSchema).describe('oldest first; each reaches you once');

const usage = z
  .object({
    inputTokens: z.number().nullable(),
    cacheReadTokens: z.number().nullable(),
    cacheWriteTokens: z.number().nullable(),
    outputTokens: z.number().nullable(),
    costUsd: z.number().nullable(),
    contextTokens: z.number().nullable(),
    contextWindow: z.number().nullable(),
  })
  .nullable()
  .describe('of the turns that have ended; null: none has, or nobody counted');

/** What agents at work may call. Who calls is told by the token alone (G29); which role may call what, by `AGENT_VERBS`. */
export const agentProcedures = {
  'agent.tools': define({
    kind: 'query',
    access: 'agent',
    summary: 'Who calls, and the names of the tools that its role has',
    input: nothing,
    output: z.object({ attemptId, role, tools: z.array(z.string()) }),
  }),
  'agent.task': define({
    kind: 'query',
    access: 'agent',
    summary: "The caller's task",
    input: nothing,
    output: z.object({
      runId: z.string().describe('the run'),
      feature: z.string().describe('what its design is called'),
      attemptId,
      attempt: z.int().describe('which try at the task you are, counted from 1'),
      role,
      turn: z.int().describe('the turn under way'),
      taskId: z.string().describe('the task'),
      taskName: z.string().describe('such as `phase-1-task-2`'),
      title: z.string().describe('for people'),
      phase: z.string().nullable().describe('null for tasks of the whole run'),
      files: z.array(z.string()).describe('all that your commits may change; empty: you change nothing'),
      acceptance: z.array(z.string()).describe('what must hold when it is done'),
      body: z.string().describe('what the plan says to do; empty for a task of no plan'),
      planText: z.string().nullable().describe("the phase's plan; null before there is one"),
      findings: z.array(findingViewSchema).describe('open ones that concern you'),
      branch: z.string().describe('your branch'),
      startCommit: z.string().describe('what you began from'),
      predecessor: z
        .object({
          attemptId: z.string(),
          status: z.string(),
          reason: z.string().nullable(),
          rescueRef: z.string().nullable().describe('the git ref that keeps its work'),
        })
        .nullable()
        .describe('the attempt before you, if it came to nothing'),
      report: z.enum(['validation', 'plan', 'work', 'review', 'error']).describe('the kind that is expected'),
      unreadMessages: z.int().describe('that wait for you'),
    }),
  }),
  'agent.report': define({
    kind: 'command',
    access: 'agent',
    summary: "An attempt's final word",
    input: z.strictObject({ report: reportInputSchema }),
    output: z.object({ attemptId: z.string(), accepted: z.literal(true) }),
  }),
  'agent.progress': define({
    kind: 'command',
    access: 'agent',
    summary: 'How far the caller is',
    input: z.strictObject({
      message: z.string().min(1).max(500).describe('one line'),
    }),
    output: z.object({
      attemptId,
      recorded: z.boolean().describe('false: it came too soon after the last one to be kept'),
    }),
  }),
  'agent.ask': define({
    kind: 'command',
    access: 'agent',
    summary: 'Ask a person; waits for the answer for a while',
    input: z.strictObject({
      question: messageText,
      choices: z.array(z.string().min(1).max(500)).max(10).default([]).describe('answers that you propose'),
      waitSeconds: z
        .int()
        .min(0)
        .max(MAX_WAIT_SECONDS)
        .default(DEFAULT_WAIT_SECONDS)
        .describe('without an answer by then, it comes as a message later, or never'),
    }),
    output: z.object({
      attemptId,
      questionId: z.string().describe('the question'),
      answer: z
        .string()
        .nullable()
        .describe('null: no answer yet; decide yourself, or go on with something else'),
      messages: messages.describe('what else had come for you before the answer'),
    }),
  }),
  'agent.messages.read': define({
    kind: 'command',
    access: 'agent',
    summary: 'Take the messages that the caller has not got yet',
    input: z.strictObject({
      after: z.string().optional().describe('a message: everything that came after it once more, got or not'),
    }),
    output: z.object({ attemptId, messages, more: z.int().describe('that still wait') }),
  }),
  'agent.messages.send': define({
    kind: 'command',
    access: 'agent',
    summary: 'Write to a task, an attempt, everyone of a role, or the people who look after the run',
    input: z.strictObject({
      to: z.string().min(1).max(200).describe('an attempt, a task by id or name, a role, or `operator`'),
      text: messageText,
    }),
    output: z.object({ attemptId, messageIds: z.array(z.string()).describe('one for each who gets it') }),
  }),
  'agent.findings': define({
    kind: 'query',
    access: 'agent',
    summary: 'Open findings that concern the caller',
    input: nothing,
    output: z.object({ attemptId, findings: z.array(findingViewSchema) }),
  }),
  'agent.usage': define({
    kind: 'query',
    access: 'agent',
    summary: 'What the caller has used so far',
    input: nothing,
    output: z.object({
      attemptId,
      turn: z.int().describe('the turn under way, which is not in it'),
      usage,
      startedAt: z.int().nullable().describe('in milliseconds since 1970'),
    }),
  }),
} as const;
