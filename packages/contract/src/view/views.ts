import { z } from 'zod';

const time = z.int().describe('milliseconds since the epoch');
const commit = z.string().describe('a commit id');
const next = z.array(z.string()).describe('what to type');

export const checkViewSchema = z.object({
  name: z.string(),
  outcome: z.enum(['passed', 'failed', 'timed_out', 'could_not_run']),
  exitCode: z.int().nullable(),
  durationMs: z.int(),
  failures: z.array(z.string()),
  outputPath: z.string().nullable().describe('relative to the state folder'),
  outputTail: z.string(),
});

export const blockViewSchema = z.object({
  code: z.string(),
  message: z.string(),
  output: z.string().nullable(),
  next,
});

export const attemptViewSchema = z.object({
  id: z.string(),
  runId: z.string(),
  taskId: z.string(),
  taskName: z.string(),
  number: z.int(),
  role: z.string(),
  agent: z.string(),
  agentVersion: z.string().nullable(),
  model: z.string().nullable(),
  status: z.enum(['requested', 'starting', 'running', 'parked', 'succeeded', 'failed', 'lost', 'cancelled']),
  settled: z.boolean().describe('nothing of it is left running and its slot is free'),
  turn: z.int(),
  slot: z.int(),
  branch: z.string(),
  startCommit: commit,
  endCommit: commit.nullable(),
  session: z.string().nullable().describe('the tmux session while it lives'),
  failure: z.object({ kind: z.string(), message: z.string() }).nullable(),
  parkedUntil: time.nullable(),
  rescueRef: z.string().nullable(),
  requestedAt: time,
  startedAt: time.nullable(),
  endedAt: time.nullable(),
});

export const taskViewSchema = z.object({
  id: z.string(),
  runId: z.string(),
  name: z.string(),
  kind: z.string(),
  title: z.string(),
  phase: z.string().nullable(),
  team: z.string(),
  parentId: z.string().nullable(),
  dependsOn: z.array(z.string()).describe('task ids'),
  status: z.enum(['pending', 'ready', 'in_progress', 'completed', 'blocked', 'skipped', 'cancelled']),
  step: z.string().nullable(),
  waitsFor: z.enum(['attempt', 'job', 'timer', 'gate']).nullable(),
  retryAt: time.nullable(),
  gateId: z.string().nullable(),
  model: z.string().nullable(),
  files: z.array(z.string()),
  block: blockViewSchema.nullable(),
  result: z.unknown().describe('what came of it; depends on the kind'),
  attempts: z.int(),
  currentAttemptId: z.string().nullable(),
  addedAt: time,
  startedAt: time.nullable(),
  endedAt: time.nullable(),
});

export const findingViewSchema = z.object({
  id: z.string(),
  phase: z.string(),
  taskId: z.string().nullable(),
  source: z.string(),
  severity: z.enum(['blocker', 'major', 'minor']),
  message: z.string(),
  file: z.string().nullable(),
  line: z.int().nullable(),
  status: z.enum(['open', 'closed', 'waived']),
  closedBecause: z.string().nullable(),
});

export const gateViewSchema = z.object({
  id: z.string(),
  runId: z.string(),
  taskId: z.string(),
  kind: z.enum(['plan', 'review', 'finalize']),
  status: z.enum(['open', 'approved', 'rejected', 'withdrawn']),
  question: z.string(),
  comment: z.string().nullable(),
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
  id: z.string(),
  feature: z.string(),
  status: runStatusSchema,
  repository: z.string(),
  branch: z.string(),
  createdAt: time,
  updatedAt: time,
  endedAt: time.nullable(),
});

export const runViewSchema = runSummaryViewSchema.extend({
  revision: z.int().describe('the number of the newest event'),
  asOf: time.describe('when this was read'),
  designId: z.string(),
  designPath: z.string(),
  designRevisionId: z.string(),
  baseBranch: z.string(),
  baseCommit: commit,
  tip: commit.nullable(),
  preset: z.string(),
  agent: z.string(),
  parallelAgents: z.int(),
  finalize: z.string(),
  stopping: z.int().describe('attempts of a paused or cancelled run that have not ended yet'),
  blocked: z.array(blockViewSchema.extend({ taskId: z.string(), taskName: z.string() })),
  ending: z
    .unknown()
    .describe(
      'how it ended: kind merged, pull-request, kept, discarded or cancelled, with what belongs to it',
    ),
  phases: z.array(
    z.object({
      number: z.string(),
      title: z.string().nullable(),
      remediates: z.string().nullable(),
      startCommit: commit.nullable(),
      endCommit: commit.nullable(),
    }),
  ),
  teams: z.array(z.object({ id: z.string(), name: z.string(), parentId: z.string().nullable() })),
  tasks: z.array(taskViewSchema),
  attempts: z.array(attemptViewSchema).describe('those under way'),
  gates: z.array(gateViewSchema).describe('those open'),
  findings: z.array(findingViewSchema),
});

export const eventViewSchema = z.object({
  sequence: z.int().describe('its place in the one sequence of all events'),
  runId: z.string(),
  number: z.int().describe('its place within the run'),
  at: time,
  type: z.string(),
  data: z.record(z.string(), z.unknown()),
});

export const taskDetailViewSchema = taskViewSchema.extend({
  acceptance: z.array(z.string()),
  body: z.string(),
  allAttempts: z.array(attemptViewSchema),
  findings: z.array(findingViewSchema),
  checks: z.array(checkViewSchema),
});

export const verifyViewSchema = z.object({
  runId: z.string(),
  events: z.int(),
  clean: z.boolean(),
  problems: z.array(z.string()).describe('each says what differs and where'),
});

export const daemonViewSchema = z.object({
  pid: z.int(),
  version: z.string(),
  startedAt: time,
  home: z.string(),
  socket: z.string(),
  activeRuns: z.int(),
  activeAttempts: z.int(),
  queuedJobs: z.int(),
  memoryBytes: z.int(),
});

export const cleanupItemSchema = z.object({
  runId: z.string(),
  kind: z.enum(['worktree', 'branch', 'rescue-ref', 'attempt-files', 'check-files']),
  name: z.string(),
  bytes: z.int().nullable(),
  action: z.enum(['remove', 'keep']),
  why: z.string(),
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
export type VerifyView = z.infer<typeof verifyViewSchema>;
export type DaemonView = z.infer<typeof daemonViewSchema>;
export type CleanupItem = z.infer<typeof cleanupItemSchema>;
