import { z } from 'zod';
import { reportInputSchema } from './report-schema.ts';

const usage = z
  .strictObject({
    inputTokens: z.number().nullable(),
    cacheReadTokens: z.number().nullable(),
    cacheWriteTokens: z.number().nullable(),
    outputTokens: z.number().nullable(),
    costUsd: z.number().nullable(),
    contextTokens: z.number().nullable(),
    contextWindow: z.number().nullable(),
  })
  .nullable();

const turnOutcome = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('completed'),
    report: reportInputSchema.nullable(),
    finalMessage: z.string(),
    usage,
  }),
  z.strictObject({
    kind: z.literal('failed'),
    error: z.strictObject({
      kind: z.enum([
        'crash',
        'refusal',
        'authentication',
        'limit',
        'overload',
        'network',
        'no_progress',
        'timeout',
        'bad_output',
      ]),
      message: z.string(),
      resetAt: z.number().nullable(),
    }),
    usage,
  }),
]);

export const hostHelloSchema = z.strictObject({
  attemptId: z.string(),
  epoch: z.int(),
  token: z.string(),
  hostPid: z.int(),
  agentVersion: z.string(),
  workingDirectory: z.string(),
  branch: z.string(),
  session: z.string().nullable(),
  turn: z.int(),
});

const hostFrameSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('heartbeat'), lastProgressAt: z.number() }),
  z.strictObject({
    kind: z.literal('agent-started'),
    turn: z.int(),
    agentPid: z.int(),
    agentStartTime: z.string(),
  }),
  z.strictObject({ kind: z.literal('warning'), message: z.string() }),
  z.strictObject({
    kind: z.literal('message-delivered'),
    messageId: z.string(),
    turn: z.int(),
    mode: z.enum(['in-turn', 'turn-start']),
  }),
  z.strictObject({ kind: z.literal('turn-ended'), turn: z.int(), outcome: turnOutcome }),
]);

export const hostFrameInputSchema = z.strictObject({
  attemptId: z.string(),
  epoch: z.int(),
  /** Counted by the host; the same frame sent again has the same number. */
  sequence: z.int(),
  frame: hostFrameSchema,
});
