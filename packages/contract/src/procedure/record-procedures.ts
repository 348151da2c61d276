import { z } from 'zod';
import { actionViewSchema, timelineItemSchema } from '../view/action-views.ts';
import { eventViewSchema } from '../view/views.ts';
import { define, run } from './define.ts';

const limit = z.int().min(1).max(10_000).default(1000);
const timelineCursor = {
  after: z.int().min(0).default(0).describe('the number of an event'),
  afterAction: z.int().min(0).default(0).describe('the sequence of an action'),
};

/** What reads the record: events, which say what happened, and control actions, which say who asked for it. */
export const recordProcedures = {
  'event.list': define({
    kind: 'query',
    access: 'operator',
    summary: 'Events of a run by number, or of all runs by sequence',
    input: z.strictObject({ run: run.optional(), after: z.int().min(0).default(0), limit }),
    output: z.array(eventViewSchema),
  }),
  'event.watch': define({
    kind: 'subscription',
    access: 'operator',
    summary: 'Events after a number (of one run) or a sequence (of all), and every new one',
    input: z.strictObject({ run: run.optional(), after: z.int().min(0).default(0) }),
    output: eventViewSchema,
  }),
  'action.list': define({
    kind: 'query',
    access: 'operator',
    summary: 'Control actions by sequence, of one run, or all of them',
    input: z.strictObject({ run: run.optional(), after: z.int().min(0).default(0), limit }),
    output: z.array(actionViewSchema),
  }),
  'timeline.list': define({
    kind: 'query',
    access: 'operator',
    summary: 'Events and control actions of a run in one order: who asked for what, and what it did',
    input: z.strictObject({ run, ...timelineCursor, limit }),
    output: z.array(timelineItemSchema),
  }),
  'timeline.watch': define({
    kind: 'subscription',
    access: 'operator',
    summary: 'The timeline after a place in it, and everything new',
    input: z.strictObject({ run, ...timelineCursor }),
    output: timelineItemSchema,
  }),
} as const;
