import type { CheckOutcome } from '../../check/check.ts';
import type { NodeCommand, OperatorCommand } from '../command.ts';
import type { Evidence, Job, JobOutcome } from '../job.ts';
import { known } from '../lookup.ts';
import type { RunState } from '../state.ts';
import { hasTurn, isActive } from '../queries.ts';
import {
  type Behaviour,
  completedTurn,
  ends,
  failedTurn,
  fails,
  findsGaps,
  gives,
  goodBehaviour,
  passes,
  plans,
  type Turn,
  works,
} from './behaviour.test-support.ts';
import { failedJob } from './simulated-node.test-support.ts';
import { someEdit } from './some-edit.test-support.ts';
import type { SimulatedRun } from './simulated-run.test-support.ts';

/** One thing that happens to a run. `pick` chooses among what there is, `luck` among how it may go. */
export interface Happening {
  readonly kind: 'go' | 'job' | 'drop' | 'turn' | 'repeat' | 'timer' | 'operator' | 'lose' | 'base';
  readonly pick: number;
  readonly luck: number;
}

/** With it, everything goes well. */
const GOOD_LUCK = 2;

/** A run to which anything happens, in any order, any number of times. */
export class Chaos {
  readonly run: SimulatedRun;
  /** What was said before, by nodes and hosts: it may be said again at any time. */
  readonly #said: NodeCommand[] = [];

  constructor(run: SimulatedRun) {
    this.run = run;
  }

  happen(happening: Happening): void {
    this.run.now += 500;
    const { pick, luck } = happening;
    if (isWaiting(this.run)) help(this.run);
    switch (happening.kind) {
      case 'go':
        return this.#go(happening);
      case 'job':
        return this.#withJob(pick, (job) => this.run.complete(job, this.#say(job, luck)));
      case 'drop':
        return this.#withJob(pick, (job) => this.#say(job, luck));
      case 'repeat': {
        const command = this.#said.at(pick % Math.max(this.#said.length, 1));
        if (command) this.run.send(command);
        return;
      }
      case 'turn':
        return this.#playTurn(pick, luck);
      case 'timer': {
        const timers = [...this.run.timers.keys()];
        const timer = timers[pick % Math.max(timers.length, 1)];
        if (timer !== undefined) this.run.fireTimer(timer);
        return;
      }
      case 'operator':
        this.run.send(this.#operatorCommand(pick, luck));
        return;
      case 'lose': {
        const active = Object.values(this.run.state.attempts).filter(isActive);
        const attempt = active[pick % Math.max(active.length, 1)];
        if (attempt) {
          const { id, epoch } = attempt;
          this.run.send({ kind: 'lose-attempt', attemptId: id, epoch, reason: 'its lease ended' });
        }
        return;
      }
      case 'base': {
        const { repository } = this.run.node;
        repository.base = repository.commit([repository.base], ['README.md']);
      }
    }
  }

  /** Several things in their usual order, most of which go well. */
  #go({ pick, luck }: Happening): void {
    let seed = pick * 1_009 + luck;
    for (let step = 0; step < pick % 12; step += 1) {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      const chance = Math.floor(seed / 65_536);
      const next = chance % 5 < 3 ? GOOD_LUCK : Math.floor(chance / 5);
      if (this.run.queue.size > 0) this.happen({ kind: 'job', pick: 0, luck: next });
      else if (isWorking(this.run)) this.happen({ kind: 'turn', pick: 0, luck: next });
      else this.happen({ kind: 'timer', pick: 0, luck: next });
    }
  }

  #withJob(pick: number, then: (job: Job) => void): void {
    const jobs = [...this.run.queue.values()];
    const job = jobs[pick % Math.max(jobs.length, 1)];
    if (job) then(job);
  }

  #say(job: Job, luck: number): JobOutcome {
    const outcome = unlucky(this.run, job, luck) ?? this.run.perform(job);
    this.#said.push({ kind: 'complete-job', job, outcome });
    return outcome;
  }

  #playTurn(pick: number, luck: number): void {
    const working = [...this.run.node.hosts.entries()].filter(([, host]) => host.isWorking);
    const [attemptId, host] = working[pick % Math.max(working.length, 1)] ?? [];
    if (attemptId === undefined || !host) return;
    host.isWorking = false;
    const behaviour = someBehaviour(this.run, this.run.turnOf(attemptId, host.turn), luck);
    for (const word of this.run.wordsOf(attemptId, behaviour)) {
      this.#said.push(word);
      this.run.send(word);
    }
  }

  #operatorCommand(pick: number, luck: number): OperatorCommand {
    const { state } = this.run;
    const taskIds = Object.keys(state.tasks);
    const blocked = Object.values(state.tasks).filter((task) => task.status === 'blocked');
    const taskId = known(taskIds[pick % taskIds.length], 'task');
    const gateId = Object.keys(state.gates)[pick % Math.max(Object.keys(state.gates).length, 1)] ?? 'none';
    const choices = ['merge', 'pr', 'keep', 'discard'] as const;
    const commands: readonly OperatorCommand[] = [
      { kind: 'pause', now: false },
      { kind: 'pause', now: true },
      { kind: 'resume' },
      { kind: 'resume' },
      { kind: 'resume' },
      { kind: 'retry', taskId: blocked[pick % Math.max(blocked.length, 1)]?.id ?? taskId },
      { kind: 'retry', taskId: blocked[pick % Math.max(blocked.length, 1)]?.id ?? taskId },
      { kind: 'skip', taskId, reason: 'it is not needed' },
      { kind: 'skip', taskId: blocked[0]?.id ?? taskId, reason: 'it is not needed' },
      someEdit(state, pick, luck),
      someEdit(state, luck, pick),
      { kind: 'approve', gateId, comment: null },
      { kind: 'approve', gateId, comment: null, ...(pick % 3 === 0 ? { add: 1 } : {}) },
      { kind: 'reject', gateId, comment: 'Not like this.' },
      { kind: 'finalize', choice: choices[pick % choices.length] ?? 'keep' },
      // Rarely, so that something else can happen as well.
      pick % 7 === 0 ? { kind: 'cancel', reason: 'no more' } : { kind: 'resume' },
    ];
    return known(commands[luck % commands.length], 'operator command');
  }
}

/** How a job goes wrong, one time in eight; what only this kind of job can come to, one time in four. */
function unlucky(run: SimulatedRun, job: Job, luck: number): JobOutcome | undefined {
  if (luck % 8 === 0) return failedJob('disk_full');
  const special = specialOutcomes(run, job);
  return luck % 4 === 1 ? special[Math.floor(luck / 4) % Math.max(special.length, 1)] : undefined;
}

function specialOutcomes(run: SimulatedRun, job: Job): readonly JobOutcome[] {
  const { repository } = run.node;
  switch (job.kind) {
    case 'start-agent':
      return [failedJob('host_lost'), failedJob('setup_failed')];
    case 'run-checks': {
      const outcome: CheckOutcome = 'failed';
      const checks = job.checks.map(({ name }) => ({
        name,
        outcome,
        exitCode: 1,
        durationMs: 1,
        failures: [],
        outputPath: null,
        outputTail: '',
      }));
      return [{ kind: 'run-checks', checks }];
    }
    case 'merge': {
      const tip = known(repository.branch, 'branch');
      const outside: JobOutcome = { kind: 'merge', result: { kind: 'out-of-scope', files: ['src/b.ts'] } };
      return [{ kind: 'merge', result: { kind: 'conflict', tip, files: ['src/a.ts'] } }, outside];
    }
    case 'integrate-base': {
      const tip = known(repository.branch, 'branch');
      const { base } = repository;
      const files = ['src/a.ts'];
      return [{ kind: 'integrate-base', result: { kind: 'conflict', tip, baseCommit: base, files } }];
    }
    case 'land':
      return [
        { kind: 'land', result: { kind: 'base-moved', baseCommit: repository.base } },
        { kind: 'land', result: { kind: 'checkout-dirty', path: '/srv/main', files: ['a.ts'] } },
      ];
    case 'continue-agent':
    case 'collect-evidence':
    case 'settle-attempt':
    case 'create-branch':
    case 'open-pull-request':
    case 'discard-branch':
    case 'remove-slots':
      return [];
  }
}

type Said = Extract<Behaviour, { outcome: unknown }>;

/** Goes wrong one time in three. */
function someBehaviour(run: SimulatedRun, turn: Turn, luck: number): Said {
  const bad = badBehaviours(turn, Math.floor(luck / 3), run.now);
  const good = goodBehaviour(turn, run.options.plans);
  const behaviour = luck % 3 === 0 ? bad[Math.floor(luck / 3) % bad.length] : good;
  return known(behaviour, 'behaviour') as Said;
}

function badBehaviours(turn: Turn, luck: number, now: number): readonly Behaviour[] {
  const failures = [
    'crash',
    'refusal',
    'authentication',
    'overload',
    'network',
    'timeout',
    'bad_output',
  ] as const;
  const common: readonly Behaviour[] = [
    fails(failures[luck % failures.length] ?? 'crash'),
    fails('limit', luck % 2 === 0 ? null : now + 60_000),
    ends({ kind: 'error', reason: 'it cannot be done' }),
    { kind: 'ends', outcome: completedTurn() },
  ];
  switch (turn.role) {
    case 'validator':
      return [...common, gives('stop'), gives('warning')];
    case 'planner':
      return [...common, plans('# no plan'), plans('')];
    case 'implementer':
    case 'resolver': {
      const lacks: Partial<Evidence> = luck % 2 === 0 ? { dirtyFiles: ['x'] } : { commits: [] };
      const report = { kind: 'work', summary: 'done' } as const;
      return [...common, works(lacks), { kind: 'reports', report, outcome: failedTurn('crash') }];
    }
    case 'spec-reviewer':
    case 'quality-reviewer':
    case 'reviewer':
      return [
        ...common,
        findsGaps(turn, ['a gap']),
        findsGaps(turn, ['a gap', 'another gap'], turn.open),
        findsGaps(turn, ['a gap'], turn.open.slice(1)),
        findsGaps(turn, [], turn.open.slice(1)),
        findsGaps({ open: ['f0'] }, ['a gap']),
        passes({ severity: 'minor', message: 'a nit', file: null, line: null }),
      ];
  }
}

/** What brings the run to its end: nothing goes wrong any more, and a person answers whatever the run asks. */
export function bringToEnd(run: SimulatedRun, maxRounds: number): void {
  for (let round = 0; round < maxRounds; round += 1) {
    run.toRest();
    if (run.state.control === 'ended') return;
    if (!help(run)) throw new Error(`stuck as ${run.status} at ${underWay(run.state)}`);
  }
  throw new Error(`no end after ${maxRounds} rounds; ${run.status} ${JSON.stringify(run.state.blocked)}`);
}

/** Whether nothing goes on by itself. */
function isWaiting(run: SimulatedRun): boolean {
  return run.queue.size === 0 && run.timers.size === 0 && !isWorking(run);
}

function isWorking(run: SimulatedRun): boolean {
  return [...run.node.hosts.values()].some((host) => host.isWorking);
}

/** What a person or a sweep does about a run that waits for them; false when there is nothing to do. */
function help(run: SimulatedRun): boolean {
  const { state } = run;
  const asked = Object.values(state.gates).find((gate) => gate.status === 'open');
  const blocked = state.blocked?.[0];
  const mute = Object.values(state.attempts).find(hasTurn);
  if (state.control === 'paused') run.accept({ kind: 'resume' });
  else if (asked?.kind === 'finalize') run.accept({ kind: 'finalize', choice: 'merge' });
  else if (asked) run.accept({ kind: 'approve', gateId: asked.id, comment: null });
  else if (blocked) run.accept({ kind: 'retry', taskId: blocked.taskId });
  else if (mute) {
    const { id, epoch } = mute;
    run.accept({ kind: 'lose-attempt', attemptId: id, epoch, reason: 'no sign of life' });
  } else return false;
  return true;
}

function underWay(state: RunState): string {
  return Object.values(state.tasks)
    .filter((task) => task.status === 'in_progress')
    .map((task) => `${task.name} (${task.step})`)
    .join(', ');
}
