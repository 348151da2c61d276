import {
  hasTurn,
  isActive,
  type RefAttempt,
  type RefJob,
  type RefRun,
} from './reference-run.test-support.ts';
import { TURN_FAILURES } from './reference-turn.test-support.ts';
import type { Word } from './reference-words.test-support.ts';

/** One thing that happens. `pick` chooses among what there is, `luck` among how it may go. */
export interface Move {
  readonly kind: 'well' | 'badly' | 'again' | 'operator' | 'anything';
  readonly pick: number;
  readonly luck: number;
}

/** The word that a move stands for in a run as it is; `said` holds all words before it. */
export function wordOf(run: RefRun, { kind, pick, luck }: Move, said: readonly Word[]): Word {
  switch (kind) {
    case 'well':
      return pickFrom(expected(run, 0), pick) ?? helpful(run, pick);
    case 'badly':
      return pickFrom(expected(run, luck), pick) ?? ofOperator(run, pick, luck);
    case 'again':
      return pickFrom(said, pick) ?? { say: 'resume' };
    case 'operator':
      return ofOperator(run, pick, luck);
    case 'anything':
      return anything(run, pick, luck);
  }
}

/** What nodes, hosts and clocks may say next; with no luck everything goes well. */
function expected(run: RefRun, luck: number): readonly Word[] {
  const jobs = awaitedJobs(run).map((job): Word => {
    const isRash = luck % 12 === 4;
    if (job.kind === 'start-agent' && job.attempt?.status === 'requested' && !isRash)
      return { say: 'begin', attempt: job.attempt.key };
    return { say: 'job', job: job.key, how: pickFrom(HOW[job.kind] ?? ['done', 'failed'], luck) ?? 'done' };
  });
  const turns = run.attempts.filter(hasTurn).map((attempt): Word => {
    const how = pickFrom(waysToEnd(attempt), luck) ?? 'good';
    return { say: 'end-turn', attempt: attempt.key, turn: attempt.turn, how };
  });
  const parked = run.attempts.filter(({ status, limitIsOver }) => status === 'parked' && !limitIsOver);
  const waiting = run.tasks.filter(({ waits }) => waits?.on === 'timer');
  return [
    ...jobs,
    ...turns,
    ...waiting.map(({ name }): Word => ({ say: 'task-timer', task: name })),
    ...parked.map(({ key }): Word => ({ say: 'attempt-timer', attempt: key })),
  ];
}

const HOW: Readonly<Record<string, readonly string[]>> = {
  'start-agent': ['done', 'failed', 'setup_failed', 'host_lost'],
  'collect-evidence': ['done', 'missing', 'missing', 'failed', 'host_lost'],
  merge: ['done', 'conflict', 'conflict', 'outside', 'failed'],
  'integrate-base': ['done', 'conflict', 'conflict', 'failed'],
  land: ['done', 'moved', 'moved', 'dirty', 'failed'],
};

function waysToEnd({ role }: RefAttempt): readonly string[] {
  const common = ['good', 'nothing', 'error', ...TURN_FAILURES];
  if (role === 'validator') return [...common, 'stop'];
  if (role === 'planner') return [...common, 'bad-plan', 'bad-plan'];
  return role.endsWith('reviewer') ? [...common, 'gaps', 'gaps', 'gaps', 'gaps'] : common;
}

function awaitedJobs(run: RefRun): readonly RefJob[] {
  const ofAttempts = run.attempts.flatMap(({ job }) => job ?? []);
  return [...ofAttempts, ...run.tasks.flatMap(({ waits }) => (waits?.on === 'job' ? [waits.job] : []))];
}

/** What goes wrong again and again. */
export const STUBBORN = [
  'agents are lost',
  'services are overloaded',
  'services cannot be reached',
  'tasks have gaps',
  'phases have gaps',
  'merges conflict',
  'the base conflicts',
  'the base moves',
] as const;

/** The next word of a run in which one thing goes wrong again and again, and everything else well. */
export function stubbornWord(run: RefRun, how: (typeof STUBBORN)[number]): Word {
  const word = expected(run, 0)[0] ?? helpful(run, 0);
  if (word.say === 'end-turn') {
    if (how === 'services are overloaded') return { ...word, how: 'overload' };
    if (how === 'services cannot be reached') return { ...word, how: 'network' };
    if (how === 'agents are lost') return { say: 'lose', attempt: word.attempt };
    const { role = '' } = run.attempts.find(({ key }) => key === word.attempt) ?? {};
    const hasGaps =
      role === 'reviewer'
        ? how === 'phases have gaps'
        : how === 'tasks have gaps' && role.endsWith('reviewer');
    return hasGaps ? { ...word, how: 'gaps' } : word;
  }
  if (word.say !== 'job') return word;
  const isOfBase = word.job.includes('finalize#');
  const isMerge = word.job.startsWith('merge ') || word.job.startsWith('integrate-base ');
  const isConflict = how === (isOfBase ? 'the base conflicts' : 'merges conflict');
  if (isMerge && isConflict) return { ...word, how: 'conflict' };
  return how === 'the base moves' && word.job.startsWith('land ') ? { ...word, how: 'moved' } : word;
}

/** What a person does about a run that waits for them. */
export function helpful(run: RefRun, pick: number): Word {
  if (run.control === 'paused') return { say: 'resume' };
  const gate = run.gates.find(({ status }) => status === 'open');
  if (gate?.kind === 'finalize') return { say: 'finalize', choice: pickFrom(CHOICES, pick) ?? 'keep' };
  if (gate) return { say: pick % 5 === 4 ? 'reject' : 'approve', gate: gate.key };
  const blocked = run.tasks.find(({ status }) => status === 'blocked');
  return blocked ? { say: 'retry', task: blocked.name } : { say: 'resume' };
}

const CHOICES = ['merge', 'pr', 'keep', 'discard'] as const;

function ofOperator(run: RefRun, pick: number, luck: number): Word {
  const task = pickFrom(run.tasks, pick)?.name ?? '';
  const gate = pickFrom(run.gates, pick)?.key ?? 'none';
  const open = run.gates.find(({ status }) => status === 'open')?.key ?? gate;
  const blocked = run.tasks.find(({ status }) => status === 'blocked')?.name ?? task;
  const atWork =
    pickFrom(
      run.tasks.filter(({ waits }) => waits !== null),
      pick,
    )?.name ?? task;
  const words: readonly Word[] = [
    { say: 'pause', now: false },
    { say: 'pause', now: true },
    { say: 'resume' },
    { say: 'resume' },
    { say: 'retry', task },
    { say: 'retry', task: blocked },
    { say: 'skip', task },
    { say: 'skip', task: blocked },
    { say: 'skip', task: atWork },
    editOf(run, pick, luck),
    editOf(run, luck, pick),
    { say: 'approve', gate },
    { say: 'approve', gate: open },
    { say: 'reject', gate: open },
    { say: 'finalize', choice: pickFrom(CHOICES, pick) ?? 'keep' },
    { say: 'finalize', choice: pickFrom(CHOICES, luck) ?? 'keep' },
    // Rarely, so that something else can happen as well.
    pick % 9 === 0 ? { say: 'cancel' } : { say: 'resume' },
  ];
  return pickFrom(words, luck) ?? { say: 'resume' };
}

/** Mostly of a task that can be edited; now and then with a dependency that cannot be met. */
export function editOf(run: RefRun, pick: number, luck: number): Word {
  const waiting = run.tasks.filter(
    ({ planned, status }) => planned !== null && (status === 'pending' || status === 'ready'),
  );
  const planned = run.tasks.filter((each) => each.planned !== null);
  const from = [run.tasks, planned, planned, waiting, waiting, waiting][pick % 6] ?? waiting;
  const task = pickFrom(from, pick) ?? run.tasks[0];
  const siblings = planned.filter(({ phase }) => phase === task?.phase);
  const behind = siblings.findIndex(({ after }) => task !== undefined && after.includes(task));
  // On what waits for it, on any, on itself, or on one that is not there: one at a time.
  const any = luck % (run.rules.plan.length + 1);
  const dependsOn = luck % 5 === 0 ? [] : [behind !== -1 && luck % 5 < 3 ? behind : any];
  const reviews = luck % 2 === 0 ? [] : (['quality-review'] as const);
  return { say: 'edit', task: task?.name ?? '', dependsOn, reviews };
}

/** Something that people or agents say to one another; mostly to and of those at work. */
export function talkOf(run: RefRun, pick: number, luck: number): Word {
  const active = run.attempts.filter(isActive);
  const some = [...active, ...active, ...active, ...run.attempts];
  const key = pickFrom(some, pick)?.key ?? 'none';
  const task = pickFrom(run.tasks, pick)?.name ?? '';
  const toAttempt: Word = { say: 'send', to: luck % 5 === 0 ? 'none' : key, isTask: false };
  const answer: Word = { say: 'answer', question: pick % (run.mail.questions.length + 1) };
  if (key === 'none')
    return pickFrom([toAttempt, answer, { say: 'send', to: task, isTask: true }], luck) ?? answer;
  const waiting = run.mail.messages.findIndex(({ reached, to }) => reached === null && to === key);
  const words: readonly Word[] = [
    toAttempt,
    toAttempt,
    { say: 'send', to: task, isTask: true },
    { say: 'ask', attempt: key },
    answer,
    answer,
    { say: 'read', attempt: key },
    { say: 'write', attempt: key, to: pickFrom(some, luck)?.key ?? 'none' },
    { say: 'write', attempt: key, to: 'people' },
    { say: 'hear', attempt: key, message: waiting },
    { say: 'hear', attempt: key, message: luck % (run.mail.messages.length + 1) },
  ];
  return pickFrom(words, luck) ?? answer;
}

/** Anything about any attempt, job or task that there ever was, whether it fits or not. */
function anything(run: RefRun, pick: number, luck: number): Word {
  const active = run.attempts.filter(isActive);
  const attempt = pickFrom([...run.attempts, ...active, ...active, ...active], pick);
  const job = pickFrom([...run.jobs.values()], pick);
  const task = pickFrom(run.tasks, pick)?.name ?? '';
  if (!attempt || !job) return { say: 'task-timer', task };
  const { key, turn } = attempt;
  const words: readonly Word[] = [
    { say: 'begin', attempt: key },
    { say: 'lose', attempt: key },
    { say: 'warn', attempt: key },
    { say: 'report', attempt: key, what: pick % 3 === 0 ? 'error' : 'good' },
    { say: 'end-turn', attempt: key, turn: Math.max(0, turn - (pick % 2)), how: 'good' },
    { say: 'attempt-timer', attempt: key },
    { say: 'task-timer', task },
    { say: 'job', job: job.key, how: pick % 2 === 0 ? 'done' : 'failed' },
  ];
  return pickFrom(words, luck) ?? { say: 'resume' };
}

function pickFrom<T>(items: readonly T[], pick: number): T | undefined {
  return items[pick % Math.max(items.length, 1)];
}
