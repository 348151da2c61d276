import { z } from 'zod';
import { eventViewSchema } from './views.ts';

export const actionViewSchema = z.object({
  sequence: z.int().describe('its place in the one sequence of all control actions'),
  id: z.string().describe('the action'),
  runId: z
    .string()
    .nullable()
    .describe('the run it was about; null when it was about none, or there is none'),
  kind: z.string().describe('what was asked for: a procedure, such as `run.pause` or `gate.reject`'),
  requestedBy: z.string().describe('who asked: the name of the user, or `agent <attempt>`'),
  requestedAt: z.int().describe('when, in milliseconds since 1970'),
  input: z.record(z.string(), z.unknown()).describe('what came with the request; depends on the kind'),
  outcome: z.enum(['done', 'rejected']).describe('what came of it; a rejected one changed nothing'),
  reasonCode: z.string().nullable().describe('why it was rejected: a stable code, such as `not_paused`'),
  message: z.string().nullable().describe('why it was rejected, for a person'),
  answer: z.unknown().describe('what was answered when it was done; depends on the kind'),
  afterEvent: z
    .int()
    .nullable()
    .describe("its place in its run's timeline: the number of the last event before it"),
  lastEvent: z
    .int()
    .nullable()
    .describe('the last event that it caused at once; `afterEvent` when it caused none'),
});

/** One entry of a timeline: an event, or the request of a person or an agent. */
export const timelineItemSchema = z.union([
  z.object({ event: eventViewSchema }),
  z.object({ action: actionViewSchema }),
]);

export type ActionView = z.infer<typeof actionViewSchema>;
export type TimelineItem = z.infer<typeof timelineItemSchema>;
