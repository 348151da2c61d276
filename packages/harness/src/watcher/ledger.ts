import type { EventView } from '@tina/contract';

export interface LedgerTask {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly phase: string | null;
  status: string;
  startedAt: number | null;
  endedAt: number | null;
}

export interface LedgerAttempt {
  readonly id: string;
  readonly taskId: string;
  readonly number: number;
  readonly role: string;
  readonly requestedAt: number;
  status: string;
  settled: boolean;
  /** The turn under way or the last one, from 1; 0 before the first. */
  turn: number;
  startedAt: number | null;
  endedAt: number | null;
  parkedUntil: number | null;
  /** The kind of failure. */
  failure: string | null;
  /** Why it failed, was lost or cancelled. */
  reason: string | null;
}

/** What the events of one run say so far, as an observer keeps it for himself: no other source is asked. */
export interface Ledger {
  readonly runId: string;
  feature: string;
  createdAt: number;
  lastAt: number;
  lastNumber: number;
  /** When a wait for a person, or for the end of a limit, was over the last time. */
  attendedAt: number;
  isPaused: boolean;
  isBlocked: boolean;
  /** `complete` or `cancelled`; null before. */
  ended: string | null;
  readonly phases: string[];
  readonly tasks: Map<string, LedgerTask>;
  readonly attempts: Map<string, LedgerAttempt>;
  /** Open ones, with their kind. */
  readonly gates: Map<string, string>;
  /** Commands under way, by what they are for, with how long they may take in ms; null: as long as an agent. */
  readonly commands: Map<string, number | null>;
  /** Waits for a retry, by task, with when they are over. */
  readonly retries: Map<string, number>;
}

export function createLedger(runId: string): Ledger {
  return {
    runId,
    feature: '',
    createdAt: 0,
    lastAt: 0,
    lastNumber: 0,
    attendedAt: 0,
    isPaused: false,
    isBlocked: false,
    ended: null,
    phases: [],
    tasks: new Map(),
    attempts: new Map(),
    gates: new Map(),
    commands: new Map(),
    retries: new Map(),
  };
}

export type Data = Readonly<Record<string, unknown>>;
type Enter = (ledger: Ledger, data: Data, at: number) => void;

/** A field of an event that is a name, a number or not there: then it is empty. */
export function fieldOf(data: Data, name: string): string {
  const value = data[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

const id = fieldOf;

function onTask(change: (task: LedgerTask, at: number) => void): Enter {
  return (ledger, data, at) => {
    const task = ledger.tasks.get(id(data, 'taskId'));
    if (task !== undefined) change(task, at);
    ledger.retries.delete(id(data, 'taskId'));
  };
}

function onAttempt(change: (attempt: LedgerAttempt, data: Data, at: number) => void): Enter {
  return (ledger, data, at) => {
    const attempt = ledger.attempts.get(id(data, 'attemptId'));
    if (attempt !== undefined) change(attempt, data, at);
  };
}

function taskEnds(status: string): Enter {
  return onTask((task, at) => Object.assign(task, { status, endedAt: at }));
}

function attemptEnds(status: string): Enter {
  return (ledger, data, at) => {
    ledger.commands.delete(id(data, 'attemptId'));
    const failure = data['failure'] as { readonly kind: string; readonly message: string } | undefined;
    onAttempt((attempt) => {
      Object.assign(attempt, {
        status,
        endedAt: at,
        parkedUntil: null,
        failure: failure?.kind ?? null,
        reason: failure?.message ?? (data['reason'] as string | undefined) ?? null,
      });
    })(ledger, data, at);
  };
}

const begins =
  (kind: 'taskId' | 'attemptId'): Enter =>
  (ledger, data) => {
    const checks = (data['checks'] ?? []) as readonly { readonly timeoutMs: number }[];
    ledger.commands.set(
      id(data, kind),
      checks.reduce((sum, { timeoutMs }) => sum + timeoutMs, 0),
    );
  };
const ends =
  (kind: 'taskId' | 'attemptId'): Enter =>
  (ledger, data) =>
    void ledger.commands.delete(id(data, kind));

const ENTRIES: Readonly<Record<string, Enter>> = {
  'run.created': (ledger, data, at) =>
    void Object.assign(ledger, { feature: id(data, 'feature'), createdAt: at }),
  'run.paused': (ledger) => void (ledger.isPaused = true),
  'run.resumed': (ledger) => void (ledger.isPaused = false),
  'run.blocked': (ledger) => void (ledger.isBlocked = true),
  'run.unblocked': (ledger) => void (ledger.isBlocked = false),
  'run.completed': (ledger) => void (ledger.ended = 'complete'),
  'run.cancelled': (ledger) => void (ledger.ended = 'cancelled'),
  'phase.added': (ledger, data) => void ledger.phases.push(id(data, 'number')),
  'task.added': (ledger, data) => {
    const { name, kind, phase } = data as unknown as LedgerTask;
    const task = { id: id(data, 'id'), name, kind, phase, status: 'pending', startedAt: null, endedAt: null };
    ledger.tasks.set(task.id, task);
  },
  'task.readied': onTask((task) => void (task.status = 'ready')),
  'task.started': onTask((task, at) =>
    Object.assign(task, { status: 'in_progress', startedAt: task.startedAt ?? at, endedAt: null }),
  ),
  'task.advanced': onTask(() => undefined),
  'task.completed': taskEnds('completed'),
  'task.blocked': taskEnds('blocked'),
  'task.skipped': taskEnds('skipped'),
  'task.cancelled': taskEnds('cancelled'),
  'task.retried': onTask((task) => Object.assign(task, { status: 'pending', endedAt: null })),
  'task.edited': (ledger, data) => {
    const task = ledger.tasks.get(id(data, 'taskId'));
    // It is ready anew when all that it waits for now is done.
    if (task && 'dependsOn' in (data['changes'] as Data))
      ledger.tasks.set(task.id, { ...task, status: 'pending' });
  },
  'retry.scheduled': (ledger, data) => {
    if (typeof data['dueAt'] === 'number') ledger.retries.set(id(data, 'taskId'), data['dueAt']);
  },
  'attempt.requested': (ledger, data, at) => {
    const { attemptId, taskId, number, role } = data as unknown as LedgerAttempt & { attemptId: string };
    ledger.retries.delete(taskId);
    ledger.attempts.set(attemptId, {
      id: attemptId,
      taskId,
      number,
      role,
      requestedAt: at,
      status: 'requested',
      settled: false,
      turn: 0,
      startedAt: null,
      endedAt: null,
      parkedUntil: null,
      failure: null,
      reason: null,
    });
  },
  'attempt.starting': onAttempt((attempt) => void (attempt.status = 'starting')),
  'attempt.started': onAttempt((attempt, _data, at) =>
    Object.assign(attempt, { status: 'running', startedAt: at, turn: 1 }),
  ),
  'attempt.returned': onAttempt((attempt, data) => void (attempt.turn = Number(data['turn']))),
  'attempt.parked': onAttempt((attempt, data) =>
    Object.assign(attempt, { status: 'parked', parkedUntil: Number(data['until']) }),
  ),
  'attempt.resumed': onAttempt((attempt, data) =>
    Object.assign(attempt, { status: 'running', parkedUntil: null, turn: Number(data['turn']) }),
  ),
  'attempt.succeeded': attemptEnds('succeeded'),
  'attempt.failed': attemptEnds('failed'),
  'attempt.lost': attemptEnds('lost'),
  'attempt.cancelled': attemptEnds('cancelled'),
  'attempt.settled': onAttempt((attempt) => void (attempt.settled = true)),
  'settling.failed': onAttempt((attempt) => void (attempt.settled = true)),
  'gate.opened': (ledger, data) => void ledger.gates.set(id(data, 'id'), id(data, 'kind')),
  'gate.approved': (ledger, data) => void ledger.gates.delete(id(data, 'gateId')),
  'gate.rejected': (ledger, data) => void ledger.gates.delete(id(data, 'gateId')),
  'finalize.chosen': (ledger) => ledger.gates.clear(),
  'checks.requested': begins('taskId'),
  'checks.recorded': ends('taskId'),
  'job.failed': ends('taskId'),
  'evidence.requested': begins('attemptId'),
  'evidence.collected': ends('attemptId'),
  // The first slot is prepared with it, by a set-up command that may install much.
  'branch.requested': (ledger, data) => void ledger.commands.set(id(data, 'taskId'), null),
  'branch.created': ends('taskId'),
};

const END_OF_WAIT = new Set([
  'run.resumed',
  'run.unblocked',
  'gate.approved',
  'gate.rejected',
  'attempt.resumed',
]);

/** Writes one event into the ledger. */
export function enter(ledger: Ledger, event: EventView): void {
  if (END_OF_WAIT.has(event.type)) ledger.attendedAt = event.at;
  ledger.lastAt = event.at;
  ledger.lastNumber = event.number;
  ENTRIES[event.type]?.(ledger, event.data, event.at);
}

/** The name of the task that an event is about, by its task or its attempt; null when it is about none. */
export function taskOfEvent(ledger: Ledger, { data }: EventView): LedgerTask | null {
  const attempt = ledger.attempts.get(fieldOf(data, 'attemptId'));
  return ledger.tasks.get(attempt?.taskId ?? (fieldOf(data, 'taskId') || fieldOf(data, 'id'))) ?? null;
}

/** Attempts of which something may still be running. */
export function unsettled(ledger: Ledger): readonly LedgerAttempt[] {
  return [...ledger.attempts.values()].filter(({ settled }) => !settled);
}

/** True when nothing goes on without a person, or ever. */
export function isResting(ledger: Ledger): boolean {
  if (ledger.ended !== null) return true;
  const waitsForPerson = ledger.isBlocked || ledger.isPaused || ledger.gates.size > 0;
  return waitsForPerson && unsettled(ledger).length === 0 && ledger.commands.size === 0;
}
