import { z } from 'zod';
import { define } from './define.ts';

const MAX_WAIT_MS = 600_000;
/** Ten years each way. */
const MAX_OFFSET_MS = 315_360_000_000;

const when = z
  .enum(['before', 'after'])
  .describe(
    'before: the transaction is decided, and the store has not got it; after: it is committed, and nobody was told',
  );

const pause = z.object({
  run: z.string().nullable().describe('the id of a run; null: whichever comes there first'),
  event: z.int().describe('the number of an event'),
  when,
});

const heldCommit = z.object({
  run: z.string().describe('the id of the run'),
  when,
  events: z
    .array(z.object({ number: z.int(), type: z.string() }))
    .describe('all events of the transaction, the one that was asked for among them'),
});

const debugView = z.object({
  pause: pause.nullable().describe('where the next commit will be held; null when nothing is asked for'),
  held: z.array(heldCommit).describe('what is held now'),
  clockOffsetMs: z.int().describe('how far the clock of the store is from that of the machine'),
});

/**
 * The debug port: what a daemon that was started with `--debug` can be asked besides. Without it each is refused with
 * `debug_off`.
 */
export const debugProcedures = {
  'debug.pause': define({
    kind: 'command',
    access: 'operator',
    summary:
      'Hold the transaction of an event once, before or after its commit; replaces what was asked before',
    input: z.strictObject({
      run: z.string().min(1).optional().describe('the id of a run; left out: whichever comes there first'),
      event: z.int().min(1).describe('the number of an event that has not happened yet'),
      when,
    }),
    output: debugView,
  }),
  'debug.status': define({
    kind: 'query',
    access: 'operator',
    summary: 'What is held; waits so long for something to be',
    input: z.strictObject({ waitMs: z.int().min(0).max(MAX_WAIT_MS).default(0) }),
    output: debugView,
  }),
  'debug.continue': define({
    kind: 'command',
    access: 'operator',
    summary: 'Let go what is held; a pause that was asked for meanwhile stays',
    input: z.strictObject({}),
    output: debugView,
  }),
  'debug.clock': define({
    kind: 'command',
    access: 'operator',
    summary: "Put the store's clock, by which leases and timers go, ahead of the machine's or behind it",
    input: z.strictObject({ offsetMs: z.int().min(-MAX_OFFSET_MS).max(MAX_OFFSET_MS) }),
    output: debugView,
  }),
} as const;
