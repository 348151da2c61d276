import { FINALIZE_MODES, PRESETS } from '@tina/domain';
import { z } from 'zod';
import { agentProcedures } from './agent-procedures.ts';
import { debugProcedures } from './debug-procedures.ts';
import { define, run } from './define.ts';
import { hostFrameInputSchema, hostHelloSchema } from './host-schemas.ts';
import { messageProcedures } from './message-procedures.ts';
import { recordProcedures } from './record-procedures.ts';
import { taskEditSchema } from './task-edit-schema.ts';
import {
  attemptViewSchema,
  cleanupItemSchema,
  daemonViewSchema,
  gateViewSchema,
  runSummaryViewSchema,
  runViewSchema,
  taskDetailViewSchema,
  taskViewSchema,
} from '../view/views.ts';
import { USAGE_GROUPS } from '../view/usage-group.ts';
import { usageViewSchema } from '../view/usage-views.ts';
import { repairedItemSchema, verifyViewSchema } from '../view/verify-views.ts';

const nothing = z.strictObject({});
const task = z.string().min(1).describe('a task, by id, or by <run>/<name>');
/** The daemon has a working folder of its own. */
const absolutePath = z.string().startsWith('/', 'must be an absolute path');
/** The same key has one effect and one answer; made by the client once for each thing a person asks. */
const idempotencyKey = z.string().min(8).max(200);
const byKey = { idempotencyKey };
const accepted = z.object({
  runId: z.string().describe('the run'),
  status: z.string().describe('where it stands now'),
});

/** Everything that can be asked of Tina: the local socket, HTTP and the agents' tools are made from this table. */
export const procedures = {
  'run.create': define({
    kind: 'command',
    access: 'operator',
    summary: 'Start a run of a design, or find the one it has',
    input: z.strictObject({
      ...byKey,
      designPath: absolutePath,
      designText: z.string(),
      directory: absolutePath.describe('a folder of the repository'),
      fresh: z.boolean().default(false).describe('start another run even if the design has one'),
      feature: z.string().optional(),
      base: z.string().min(1).optional(),
      agent: z.string().min(1).optional(),
      model: z.string().min(1).optional(),
      preset: z.enum(PRESETS).optional(),
      finalize: z.enum(FINALIZE_MODES).optional(),
      unattended: z.boolean().default(false).describe('where the end would be asked for, keep the branch'),
      parallel: z.int().min(1).max(64).optional(),
      sandbox: z.boolean().optional().describe('run agents under bubblewrap; left out: as configured'),
      budget: z
        .strictObject({ cost: z.number().positive().optional(), tokens: z.int().positive().optional() })
        .optional()
        .describe('limits of the run, over those of the configuration'),
    }),
    output: z.object({
      runId: z.string().describe('the run'),
      outcome: z
        .enum(['started', 'found', 'resumed'])
        .describe('found: the design has a run; resumed: it was paused'),
      designChanged: z.boolean().describe('the file is not the revision that the run follows'),
      warnings: z.array(z.string()).describe('of the design, and of options that have no effect'),
    }),
  }),
  'run.list': define({
    kind: 'query',
    access: 'operator',
    summary: 'Runs, newest first',
    input: z.strictObject({
      active: z.boolean().default(false),
      limit: z.int().min(1).max(1000).default(100),
    }),
    output: z.array(runSummaryViewSchema),
  }),
  'run.get': define({
    kind: 'query',
    access: 'operator',
    summary: 'A run with its phases, tasks and what is under way',
    input: z.strictObject({ run }),
    output: runViewSchema,
  }),
  'run.commits': define({
    kind: 'query',
    access: 'operator',
    summary: "The commits that the run's branch has and its base did not, oldest first",
    input: z.strictObject({ run }),
    output: z.array(z.object({ commit: z.string(), subject: z.string(), author: z.string(), at: z.int() })),
  }),
  'run.watch': define({
    kind: 'subscription',
    access: 'operator',
    summary: 'The run as it is now and again after every change, until it ends',
    input: z.strictObject({ run }),
    output: runViewSchema,
  }),
  'run.pause': define({
    kind: 'command',
    access: 'operator',
    summary: 'Start nothing more; `now` also stops what runs, its work kept',
    input: z.strictObject({ ...byKey, run, now: z.boolean().default(false) }),
    output: accepted,
  }),
  'run.resume': define({
    kind: 'command',
    access: 'operator',
    summary: 'Go on with a paused run',
    input: z.strictObject({ ...byKey, run }),
    output: accepted,
  }),
  'run.cancel': define({
    kind: 'command',
    access: 'operator',
    summary: 'Stop the run for good; its branches are kept',
    input: z.strictObject({ ...byKey, run, reason: z.string().max(2000).optional() }),
    output: accepted,
  }),
  'run.finalize': define({
    kind: 'command',
    access: 'operator',
    summary: 'Say what becomes of the branch of a run whose phases are done',
    input: z.strictObject({ ...byKey, run, choice: z.enum(['merge', 'pr', 'keep', 'discard']) }),
    output: accepted,
  }),
  'run.verify': define({
    kind: 'query',
    access: 'operator',
    summary: 'Replay every event, compare with what is stored, and look for what belongs to nothing',
    input: z.strictObject({ run: run.optional() }),
    output: z.array(verifyViewSchema),
  }),
  'run.repair': define({
    kind: 'command',
    access: 'operator',
    summary: 'Mend what `run.verify` finds, as far as it is safe',
    input: z.strictObject({
      ...byKey,
      run: run.optional(),
      all: z.boolean().default(false).describe('also what is mended only after a question'),
    }),
    output: z.array(repairedItemSchema),
  }),
  'run.cleanup': define({
    kind: 'command',
    access: 'operator',
    summary: 'Remove what ended runs left, or say what would be removed',
    input: z.strictObject({ ...byKey, run: run.optional(), dryRun: z.boolean().default(false) }),
    output: z.array(cleanupItemSchema),
  }),
  'task.list': define({
    kind: 'query',
    access: 'operator',
    summary: 'The tasks of a run in the order they go',
    input: z.strictObject({ run }),
    output: z.array(taskViewSchema),
  }),
  'task.get': define({
    kind: 'query',
    access: 'operator',
    summary: 'One task with its attempts, findings and checks',
    input: z.strictObject({ task }),
    output: taskDetailViewSchema,
  }),
  'task.retry': define({
    kind: 'command',
    access: 'operator',
    summary: 'Try a blocked task again, its retries counted anew',
    input: z.strictObject({ ...byKey, task }),
    output: accepted,
  }),
  'task.skip': define({
    kind: 'command',
    access: 'operator',
    summary: 'Go on without a task',
    input: z.strictObject({ ...byKey, task, reason: z.string().min(1).max(2000) }),
    output: accepted,
  }),
  'task.edit': define({
    kind: 'command',
    access: 'operator',
    summary: 'Change what the plan says of a task that has not begun',
    input: z.strictObject({
      ...byKey,
      task,
      revision: z.int().min(0).optional().describe('refused when the task is at another one'),
      edit: taskEditSchema.optional().describe('the fields to change; the others stay'),
      text: z.string().max(200_000).optional().describe('all fields, in the form of a plan'),
    }),
    output: accepted,
  }),
  'gate.approve': define({
    kind: 'command',
    access: 'operator',
    summary: 'Let a plan or a review pass, or let a budget be exceeded',
    input: z.strictObject({
      ...byKey,
      gate: z.string().min(1),
      comment: z.string().max(20_000).optional(),
      add: z
        .string()
        .max(100)
        .optional()
        .describe('how much a budget gets on top, such as 2.50, 100k or 30m; default: its own amount'),
    }),
    output: accepted,
  }),
  'gate.reject': define({
    kind: 'command',
    access: 'operator',
    summary: 'Send a plan or a review back, with what is wanted; or leave a budget as it is, and say why',
    input: z.strictObject({ ...byKey, gate: z.string().min(1), comment: z.string().min(1).max(20_000) }),
    output: accepted,
  }),
  'gate.list': define({
    kind: 'query',
    access: 'operator',
    summary: 'Open gates',
    input: z.strictObject({ run: run.optional() }),
    output: z.array(gateViewSchema),
  }),
  'usage.get': define({
    kind: 'query',
    access: 'operator',
    summary: 'What the agents of a run have used up: tokens, cost, context; and its budgets',
    input: z.strictObject({ run, by: z.enum(USAGE_GROUPS).default('task') }),
    output: usageViewSchema,
  }),
  'attempt.get': define({
    kind: 'query',
    access: 'operator',
    summary: 'One attempt',
    input: z.strictObject({ attempt: z.string().min(1) }),
    output: attemptViewSchema.extend({
      directory: z.string().describe('where its files are'),
      outputPath: z.string().describe('the readable transcript'),
      attachCommand: z
        .array(z.string())
        .nullable()
        .describe('null when its session is gone, or there is none'),
    }),
  }),
  ...recordProcedures,
  ...messageProcedures,
  ...agentProcedures,
  'host.connect': define({
    kind: 'subscription',
    access: 'host',
    summary: 'An agent host reports in and is told what to do',
    input: hostHelloSchema,
    output: z.unknown(),
  }),
  'host.frame': define({
    kind: 'command',
    access: 'host',
    summary: 'What an agent host tells of its attempt',
    input: hostFrameInputSchema,
    output: nothing,
  }),
  'daemon.status': define({
    kind: 'query',
    access: 'operator',
    summary: 'The daemon and what it is busy with',
    input: nothing,
    output: daemonViewSchema,
  }),
  'daemon.stop': define({
    kind: 'command',
    access: 'operator',
    summary: 'End the daemon; agents go on and are adopted by the next',
    input: nothing,
    output: nothing,
  }),
  ...debugProcedures,
} as const;

export type Procedures = typeof procedures;
export type ProcedureName = keyof Procedures;
/** What a caller sends: fields with defaults may be left out. */
export type ProcedureInput<Name extends ProcedureName> = z.input<Procedures[Name]['input']>;
export type ProcedureOutput<Name extends ProcedureName> = z.output<Procedures[Name]['output']>;
/** What a handler gets: defaults filled in. */
export type ParsedInput<Name extends ProcedureName> = z.output<Procedures[Name]['input']>;
