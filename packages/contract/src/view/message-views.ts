import { ROLES } from '@tina/domain';
import { z } from 'zod';

const text = (meaning: string) => z.string().describe(meaning);
const time = (meaning: string) => z.int().describe(`${meaning}, in milliseconds since 1970`);

export const messageViewSchema = z.object({
  id: text('the message'),
  runId: text('its run'),
  from: z.string().nullable().describe('the attempt whose agent wrote it; null: a person did'),
  to: text('an attempt, a task, or `operator`'),
  text: text('what it says'),
  answers: z.string().nullable().describe('the question that it answers'),
  status: z
    .enum(['waiting', 'delivered', 'dead', 'kept'])
    .describe('dead: whoever it is for ended without it; kept: it is for people'),
  sentAt: time('when it was written'),
  delivery: z
    .object({
      attemptId: text('who got it'),
      turn: z.int().describe('in which of its turns'),
      mode: z.enum(['in-turn', 'turn-start', 'read']).describe('read: its agent asked for it'),
      at: time('when'),
    })
    .nullable()
    .describe('null until it is in a turn of its agent'),
});

export const questionViewSchema = z.object({
  id: text('the question'),
  runId: text('its run'),
  attemptId: text('whose agent asks'),
  taskName: text('the name of its task'),
  role: text('the role of the agent'),
  text: text('what it wants to know'),
  choices: z.array(z.string()).describe('answers that it proposes'),
  status: z.enum(['open', 'answered', 'closed']).describe('closed: the agent ended before the answer'),
  askedAt: time('when it was asked'),
  answer: z.string().nullable().describe('what a person said'),
  next: z.array(z.string()).describe('what to type'),
});

export const promptViewSchema = z.object({
  role: z.enum(ROLES).describe('whose it is'),
  attemptId: z.string().nullable().describe('whose prompt it is; null: nobody has had it'),
  text: text('what is said'),
  placeholders: z
    .record(z.string(), z.string())
    .describe('what stands for what; empty for the prompt of a task'),
});

export type MessageView = z.infer<typeof messageViewSchema>;
export type QuestionView = z.infer<typeof questionViewSchema>;
