import { ROLES } from '@tina/domain';
import { z } from 'zod';
import { messageViewSchema, promptViewSchema, questionViewSchema } from '../view/message-views.ts';
import { define, run } from './define.ts';
import { messageText } from './message-text.ts';

const MAX_WAIT_MS = 600_000;
const idempotencyKey = z.string().min(8).max(200);
const waitMs = z.int().min(0).max(MAX_WAIT_MS).default(0);

/** What people say to agents at work, and what agents ask people. */
export const messageProcedures = {
  'message.send': define({
    kind: 'command',
    access: 'operator',
    summary: 'Write to an agent at work, or to whoever works at a task next',
    input: z.strictObject({
      idempotencyKey,
      to: z.string().min(1).describe('an attempt, or a task by id or <run>/<name>'),
      text: messageText,
    }),
    output: z.object({ runId: z.string(), messageId: z.string() }),
  }),
  'message.get': define({
    kind: 'query',
    access: 'operator',
    summary: 'One message; waits so long for it to be delivered',
    input: z.strictObject({ message: z.string().min(1), waitMs }),
    output: messageViewSchema,
  }),
  'message.list': define({
    kind: 'query',
    access: 'operator',
    summary: 'The messages of a run, oldest first',
    input: z.strictObject({ run }),
    output: z.array(messageViewSchema),
  }),
  'question.list': define({
    kind: 'query',
    access: 'operator',
    summary: 'Questions that agents at work wait for an answer to',
    input: z.strictObject({ run: run.optional() }),
    output: z.array(questionViewSchema),
  }),
  'question.answer': define({
    kind: 'command',
    access: 'operator',
    summary: 'Answer what an agent asked',
    input: z.strictObject({ idempotencyKey, question: z.string().min(1), answer: messageText }),
    output: z.object({ runId: z.string(), attemptId: z.string(), messageId: z.string() }),
  }),
  'prompt.get': define({
    kind: 'query',
    access: 'operator',
    summary: "A role's prompt, of a task or with its placeholders explained",
    input: z.strictObject({
      role: z.enum(ROLES),
      task: z.string().min(1).optional().describe('by id, or <run>/<name>'),
    }),
    output: promptViewSchema,
  }),
} as const;
