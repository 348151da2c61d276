import { z } from 'zod';
import { budgetViewSchema, usedSchema } from './usage-views.ts';
import { messageViewSchema, questionViewSchema } from './message-views.ts';

/** A time: milliseconds since the epoch. */
const time = (meaning: string) => z.int().describe(`${meaning}, in milliseconds since 1970`);
const commit = (meaning: string) => z.string().describe(`${meaning}: a commit id`);
const text = (meaning: string) => z.string().describe(meaning);
const next = z.array(z.string()).describe('what to type');
const runId = text('its run');

export const checkViewSchema = z.object({
  name: text('as configured'),
  outcome: z
    .enum(['passed', 'failed', 'timed_out', 'could_not_run'])
    .describe('a check that could not run is never a pass'),
  exitCode: z.int().nullable().describe('null when it did not end by itself'),
  durationMs: z.int().describe('how long it took'),
  failures: z
    .array(z.string())
    .describe('names of single failures, where the configuration says how to find them'),
  outputPath: z.string().nullable().describe('where all of its output is, relative to the state folder'),
  outputTail: text('the end of its output'),
});

export const blockViewSchema = z.object({
  code: text('stable, such as `retries_spent`'),
  message: text('why it cannot go on'),
  output: z.string().nullable().describe('what a command or an agent said'),
  next,
});

export const attemptViewSchema = z.object({
  id: text('the attempt'),
  runId,
  taskId: text('its task'),
  taskName: text('the name of its task'),
  number: z.int().describe('counted from 1 within its task'),
  role: text('what its agent was asked to be, such as `implementer`'),
  agent: text('the agent, as configured'),
  agentVersion: z.string().nullable().describe('as its host reported it; null until then'),
  model: z.string().nullable().describe('null: what the agent takes by itself'),
  status: z
    .enum(['requested', 'starting', 'running', 'parked', 'succeeded', 'failed', 'lost', 'cancelled'])
    .describe('parked: it waits for a limit to end; lost: its host, session or machine is gone'),
  settled: z.boolean().describe('nothing of it is left running and its slot is free'),
  turn: z.int().describe('the turn under way, counted from 1; 0 before the first'),
  slot: z.int().describe('its worktree: `slot-<n>` in the folder of the run'),
  branch: text('its own branch'),
  startCommit: commit('what it began from'),
  endCommit: commit('its last one').nullable(),
  session: z.string().nullable().describe('the tmux session while it lives'),
  failure: z
    .object({ kind: text('such as `crash` or `timeout`'), message: text('what happened') })
    .nullable()
    .describe('why it failed'),
  endReason: z.string().nullable().describe('why it was lost or cancelled'),
  parkedUntil: time('when its limit ends, or its service is tried again').nullable(),
  parkedBy: z
    .enum(['limit', 'overload', 'network', 'budget', 'place'])
    .nullable()
    .describe('what it waits for while it is parked; place: only for a free place'),
  backoff: z
    .object({
      number: z.int().describe('which wait in a row it is'),
      of: z.int().describe('how many there may be'),
    })
    .nullable()
    .describe('the wait for a service that is overloaded or cannot be reached'),
  progress: z.string().nullable().describe('what its agent said last of how far it is'),
  rescueRef: z.string().nullable().describe('the git ref that keeps work of it that is not merged'),
  requestedAt: time('when it was asked for'),
  startedAt: time('when its host reported in').nullable(),
  endedAt: time('when it ended').nullable(),
});

export const taskViewSchema = z.object({
  id: text('the task'),
  runId,
  name: text('such as `plan-phase-1` or `phase-1-task-2`'),
  kind: text('such as `plan-phase` or `phase-task`'),
  title: text('for people'),
  phase: z.string().nullable().describe('such as `1` or `1.5`; null for tasks of the whole run'),
  team: text('the name of its team'),
  parentId: z.string().nullable().describe('the execution of its phase, for a task of a plan'),
  dependsOn: z.array(z.string()).describe('ids of the tasks that must be done first'),
  status: z
    .enum(['pending', 'ready', 'in_progress', 'completed', 'blocked', 'skipped', 'cancelled'])
    .describe('blocked: it needs a person'),
  step: z
    .string()
    .nullable()
    .describe('where it stands while it is in progress, such as `implement` or `merge`'),
  waitsFor: z.enum(['attempt', 'job', 'timer', 'gate']).nullable().describe('the one thing it waits for'),
  retryAt: time('when it is tried again').nullable(),
  gateId: z.string().nullable().describe('the gate it waits for'),
  model: z.string().nullable().describe('as its plan says'),
  files: z.array(z.string()).describe('the only files it may change, as its plan says'),
  revision: z
    .int()
    .describe('how often it was edited; said with an edit, it keeps two from overwriting each other'),
  block: blockViewSchema.nullable().describe('why it is blocked'),
  skipReason: z.string().nullable().describe('what whoever skipped it said'),
  result: z.unknown().describe('what came of it; depends on the kind'),
  attempts: z.int().describe('how many there were'),
  currentAttemptId: z.string().nullable().describe('the one under way, else the last'),
  addedAt: time('when it entered the run'),
  startedAt: time('when it began').nullable(),
  endedAt: time('when it ended').nullable(),
});

export const findingViewSchema = z.object({
  id: text('the finding'),
  phase: text('where it was found'),
  taskId: z.string().nullable().describe('the task it is about; null: the phase'),
  source: text('who found it: `review`, `spec-review`, `quality-review`, `check` or `person`'),
  severity: z.enum(['blocker', 'major', 'minor']).describe('how grave it is'),
  message: text('what is wrong'),
  file: z.string().nullable().describe('where'),
  line: z.int().nullable().describe('where in the file'),
  status: z
    .enum(['open', 'closed', 'waived'])
    .describe('waived: a person, or a review that passed, let it be'),
  closedBecause: z.string().nullable().describe('who or what closed it'),
});

export const gateViewSchema = z.object({
  id: text('the gate'),
  runId,
  taskId: text('the task that waits for it; of a budget, the first that did'),
  kind: z.enum(['plan', 'review', 'finalize', 'budget']).describe('what is asked'),
  budget: budgetViewSchema.nullable().describe('the limit that was met; only of a gate of kind `budget`'),
  status: z
    .enum(['open', 'approved', 'rejected', 'withdrawn'])
    .describe('withdrawn: its task ended unanswered'),
  question: text('for the person who answers'),
  comment: z.string().nullable().describe('what that person said'),
  next,
});

export const runStatusSchema = z.enum([
  'validating',
  'preparing',
  'planning',
  'executing',
  'reviewing',
  'finalizing',
  'blocked',
  'paused',
  'complete',
  'cancelled',
]);

export const runSummaryViewSchema = z.object({
  id: text('the run'),
  feature: text('what the design is called; part of branch and team names'),
  status: runStatusSchema.describe('by the furthest task under way; blocked: it needs a person'),
  repository: text('the path of its main worktree'),
  branch: text('where its work is merged'),
  createdAt: time('when it was started'),
  updatedAt: time('when it last changed'),
  endedAt: time('when it was complete or cancelled').nullable(),
});

export const phaseViewSchema = z.object({
  number: text('such as `1`, or `1.5` for the remediation of phase 1'),
  title: z.string().nullable().describe('as the design says'),
  remediates: z.string().nullable().describe('the phase whose gaps it closes'),
  startCommit: commit('the tip when its execution began').nullable(),
  endCommit: commit('the tip when it ended').nullable(),
});

export const runViewSchema = runSummaryViewSchema.extend({
  revision: z.int().describe('the number of the newest event'),
  asOf: time('when this was read'),
  designId: text('the design'),
  designPath: text('its path, within the repository where it lies there'),
  designRevisionId: text('the revision of its text that the run follows'),
  baseBranch: text('what the run began from, and is merged into'),
  baseCommit: commit('what it began from'),
  tip: commit("what the run's branch points at").nullable(),
  preset: text('the policy: `strict`, `balanced` or `fast`'),
  agent: text('the agent that does the work, as configured'),
  parallelAgents: z.int().describe('how many may be at work at once'),
  finalize: text('what becomes of the branch: `ask`, `merge`, `pr`, `keep` or `discard`'),
  stopping: z.int().describe('attempts of a paused or cancelled run that have not ended yet'),
  blocked: z
    .array(blockViewSchema.extend({ taskId: text('the task'), taskName: text('its name') }))
    .describe('what needs a person, when nothing else can go on'),
  ending: z
    .unknown()
    .describe(
      'how it ended: kind merged, pull-request, kept, discarded or cancelled, with what belongs to it',
    ),
  phases: z.array(phaseViewSchema).describe('in the order they go'),
  teams: z
    .array(
      z.object({
        id: text('the team'),
        name: text('such as `login-phase-1`'),
        parentId: z.string().nullable().describe('the team above it'),
      }),
    )
    .describe('one for the run, and one for each phase'),
  tasks: z.array(taskViewSchema).describe('in the order they go'),
  attempts: z.array(attemptViewSchema).describe('those under way'),
  gates: z.array(gateViewSchema).describe('those open'),
  findings: z.array(findingViewSchema).describe('all of them'),
  usage: usedSchema.describe('what its agents have used up'),
  questions: z.array(questionViewSchema).describe('those that agents at work wait for an answer to'),
  messages: z.array(messageViewSchema).describe('the newest that agents wrote to people'),
});

export const eventViewSchema = z.object({
  sequence: z.int().describe('its place in the one sequence of all events'),
  runId,
  number: z.int().describe('its place within the run'),
  at: time('when it was written'),
  type: text('see events.md'),
  data: z.record(z.string(), z.unknown()).describe('depends on the type'),
});

export const taskDetailViewSchema = taskViewSchema.extend({
  acceptance: z.array(z.string()).describe('what must hold when it is done'),
  review: z
    .enum(['none', 'spec', 'quality', 'spec+quality'])
    .nullable()
    .describe('as its plan says; null for a task of no plan'),
  text: z.string().nullable().describe('it in the form of a plan, to be edited; null for a task of no plan'),
  body: text('what its plan says to do; of a task that plans, the plan; of a review, its summary'),
  allAttempts: z.array(attemptViewSchema).describe('oldest first'),
  findings: z.array(findingViewSchema).describe('those about it'),
  checks: z.array(checkViewSchema).describe('the results of its last checks'),
});

export const daemonViewSchema = z.object({
  pid: z.int().describe('its process'),
  version: text("Tina's version"),
  startedAt: time('when it started'),
  home: text('the folder of its state'),
  socket: text('where it listens'),
  mcpUrl: z.string().nullable().describe("where agents' tools are served over HTTP"),
  activeRuns: z.int().describe('runs that have not ended'),
  activeAttempts: z.int().describe('attempts that are not settled'),
  queuedJobs: z.int().describe('jobs that wait or are being done'),
  memoryBytes: z.int().describe('what it holds of the memory'),
});

export const cleanupItemSchema = z.object({
  runId,
  kind: z.enum(['worktree', 'branch', 'rescue-ref', 'attempt-files', 'check-files']).describe('what it is'),
  name: text('its path or ref'),
  bytes: z.int().nullable().describe('how big it is, where that is known'),
  action: z.enum(['remove', 'keep']).describe('what is done with it'),
  why: text('the reason'),
});

export type CheckView = z.infer<typeof checkViewSchema>;
export type AttemptView = z.infer<typeof attemptViewSchema>;
export type TaskView = z.infer<typeof taskViewSchema>;
export type TaskDetailView = z.infer<typeof taskDetailViewSchema>;
export type FindingView = z.infer<typeof findingViewSchema>;
export type GateView = z.infer<typeof gateViewSchema>;
export type RunSummaryView = z.infer<typeof runSummaryViewSchema>;
export type RunView = z.infer<typeof runViewSchema>;
export type EventView = z.infer<typeof eventViewSchema>;
export type DaemonView = z.infer<typeof daemonViewSchema>;
export type CleanupItem = z.infer<typeof cleanupItemSchema>;
