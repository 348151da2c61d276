import type { Report } from '../../report/report.ts';
import type { ReviewMode } from '../../plan/plan.ts';
import { type Budget, BUDGET_DEFAULTS } from '../../policy/budget.ts';
import type { RunPolicy } from '../../policy/policy.ts';
import { mainPhase } from '../../naming/names.ts';
import type { Attempt } from '../attempt.ts';
import type { RunCommand, TurnOutcome } from '../command.ts';
import { findingsToJudge } from '../decide/judge-report.ts';
import { type EffectOfEvent, handleCommand, handleCreate } from '../handle-command.ts';
import type { Job } from '../job.ts';
import { attemptOf, known, taskNamed, taskOf } from '../lookup.ts';
import type { RunState } from '../state.ts';
import { planText } from '../simulation/behaviour.test-support.ts';
import { createCommand } from '../simulation/simulation-options.test-support.ts';
import { outcomeOf } from './real-outcome.test-support.ts';
import type { RefPlanned, RefRules } from './reference-run.test-support.ts';
import { checkTransition } from '../invariant/check-history.ts';
import { inboxOf } from '../message/mailbox.ts';
import type { MailWord } from './reference-mail.test-support.ts';
import { TURN_FAILURES } from './reference-turn.test-support.ts';
import type { Word } from './reference-words.test-support.ts';

const BASE = 'b'.repeat(40);

/** The real run, spoken to in the words of the reference model. */
export class RealRun {
  state: RunState;
  readonly #rules: RefRules;
  readonly #jobs = new Map<string, Job>();
  #now = 1_000_000;
  #commits = 0;

  constructor(rules: RefRules) {
    this.#rules = rules;
    const created = handleCreate(createCommand(optionsOf(rules), BASE), this.#now);
    this.state = created.state;
    this.#note(created.effects);
  }

  /** Every job that was ever asked for. */
  get jobs(): Iterable<Job> {
    return this.#jobs.values();
  }

  /** Answers why the word was refused, or null. */
  hear(word: Word): string | null {
    this.#now += 1_000;
    const handled = handleCommand(this.state, this.#commandOf(word), this.#now);
    if (!handled.ok) return handled.rejection.code;
    const [broken] = checkTransition(this.state, handled.state, handled.events);
    if (broken) throw new Error(`${broken.guarantee}: ${broken.message}`);
    this.state = handled.state;
    this.#note(handled.effects);
    return null;
  }

  /** The name that the reference model has for a job. */
  keyOfJob(jobId: string): string {
    const found = [...this.#jobs].find(([, job]) => job.jobId === jobId);
    return known(found, `job ${jobId}`)[0];
  }

  #note(effects: readonly EffectOfEvent[]): void {
    for (const effect of effects) {
      if (effect.kind !== 'enqueue' || effect.job.kind === 'remove-slots') continue;
      const { job } = effect;
      const owner =
        'attemptId' in job
          ? attemptKey(this.state, attemptOf(this.state, job.attemptId))
          : taskOf(this.state, known(job.taskId, 'task of the job')).name;
      const stem = `${job.kind} ${owner}#`;
      const count = [...this.#jobs.keys()].filter((key) => key.startsWith(stem)).length;
      this.#jobs.set(`${stem}${count + 1}`, job);
    }
  }

  #commandOf(word: Word): RunCommand {
    switch (word.say) {
      case 'pause':
        return { kind: 'pause', now: word.now };
      case 'resume':
        return { kind: 'resume' };
      case 'cancel':
        return { kind: 'cancel', reason: null };
      case 'retry':
        return { kind: 'retry', taskId: taskNamed(this.state, word.task).id };
      case 'skip':
        return { kind: 'skip', taskId: taskNamed(this.state, word.task).id, reason: 'not needed' };
      case 'edit': {
        const dependsOn = word.dependsOn.map((index) => index + 1);
        const edit = { dependsOn, review: reviewModeOf(word.reviews) };
        return { kind: 'edit-task', taskId: taskNamed(this.state, word.task).id, edit, revision: null };
      }
      case 'approve':
      case 'reject':
        return { kind: word.say, gateId: this.#gate(word.gate), comment: 'Not so.' };
      case 'finalize':
        return { kind: 'finalize', choice: word.choice };
      case 'task-timer':
        return { kind: 'fire-task-timer', taskId: taskNamed(this.state, word.task).id };
      case 'job': {
        const job = known(this.#jobs.get(word.job), word.job);
        return { kind: 'complete-job', job, outcome: outcomeOf(job, word.how, () => this.#commit()) };
      }
      case 'attempt-timer':
        return { kind: 'fire-attempt-timer', attemptId: this.#attempt(word.attempt).id };
      case 'send': {
        const { to, isTask } = word;
        const taskId = isTask ? taskNamed(this.state, to).id : '';
        const attemptId = isTask ? '' : this.#idOf(to);
        return {
          kind: 'send-message',
          to: isTask ? { kind: 'task', taskId } : { kind: 'attempt', attemptId },
          text: 'Mind this.',
        };
      }
      case 'answer': {
        const questionId = Object.keys(this.state.questions)[word.question] ?? 'none';
        return { kind: 'answer-question', questionId, answer: 'So.' };
      }
      case 'write':
      case 'ask':
      case 'read':
      case 'hear':
        return this.#commandOfTalk(word);
      case 'begin':
      case 'lose':
      case 'warn':
      case 'report':
      case 'end-turn':
        return this.#commandOfAttempt(word);
    }
  }

  #commandOfTalk(word: Extract<MailWord, { attempt: string }>): RunCommand {
    const attempt = this.#attempt(word.attempt);
    const base = { attemptId: attempt.id, epoch: attempt.epoch };
    switch (word.say) {
      case 'write': {
        const to =
          word.to === 'people'
            ? ({ kind: 'operator' } as const)
            : ({ kind: 'attempt', attemptId: this.#idOf(word.to) } as const);
        return { kind: 'write-message', ...base, to, text: 'Look at this.' };
      }
      case 'ask':
        return { kind: 'ask-question', ...base, text: 'How?', choices: [] };
      case 'read': {
        const upTo = inboxOf(this.state, attempt).at(-1)?.id ?? 'none';
        return { kind: 'read-messages', ...base, upTo };
      }
      case 'hear': {
        const messageId = Object.keys(this.state.messages)[word.message] ?? 'none';
        return { kind: 'deliver-message', ...base, messageId, mode: 'in-turn' };
      }
    }
  }

  /** The id of an attempt that may not be there. */
  #idOf(key: string): string {
    const found = Object.values(this.state.attempts).find((each) => attemptKey(this.state, each) === key);
    return found?.id ?? 'nobody';
  }

  #commandOfAttempt(
    word: Exclude<Extract<Word, { attempt: string }>, { say: 'attempt-timer' } | MailWord>,
  ): RunCommand {
    const attempt = this.#attempt(word.attempt);
    const base = { attemptId: attempt.id, epoch: attempt.epoch };
    switch (word.say) {
      case 'begin': {
        const { jobId } = known(this.#jobs.get(`start-agent ${word.attempt}#1`), 'start job');
        return { kind: 'begin-attempt', ...base, jobId };
      }
      case 'lose':
        return { kind: 'lose-attempt', ...base, reason: 'its lease ended' };
      case 'warn':
        return { kind: 'warn-attempt', ...base, frame: attempt.warnedFrame + 1, message: 'it is slow' };
      case 'report': {
        const report = this.#reportOf(attempt, word.what);
        return { kind: 'report', ...base, report, document: report.kind === 'plan' ? 'plan' : null };
      }
      case 'end-turn': {
        const outcome = this.#turnOf(attempt, word.how);
        const good = this.#reportOf(attempt, 'good');
        const reportedPlan = good.kind === 'plan' ? good.markdown : null;
        return { kind: 'end-turn', ...base, turn: word.turn, outcome, document: 'plan', reportedPlan };
      }
    }
  }

  #turnOf(attempt: Attempt, how: string): TurnOutcome {
    if (TURN_FAILURES.includes(how)) {
      const error = { kind: how as 'crash', message: how, resetAt: null };
      return { kind: 'failed', error, usage: null };
    }
    const report = how === 'nothing' ? null : this.#reportOf(attempt, how);
    return { kind: 'completed', report, finalMessage: 'That is all.', usage: null };
  }

  #reportOf(attempt: Attempt, how: string): Report {
    if (how === 'error') return { kind: 'error', reason: 'it cannot be done' };
    switch (attempt.role) {
      case 'validator':
        return { kind: 'validation', status: how === 'stop' ? 'stop' : 'pass', text: '' };
      case 'planner':
        return { kind: 'plan', markdown: how === 'bad-plan' ? 'no plan' : this.#plan(attempt) };
      case 'implementer':
      case 'resolver':
        return { kind: 'work', summary: 'done' };
      case 'spec-reviewer':
      case 'quality-reviewer':
      case 'reviewer': {
        const isGaps = how === 'gaps';
        const gap = { severity: 'major', message: 'a gap', file: null, line: null } as const;
        const verdicts = findingsToJudge(this.state, attempt).map(({ id }) => ({
          findingId: id,
          verdict: 'open' as const,
        }));
        return isGaps
          ? { kind: 'review', verdict: 'gaps', summary: '', findings: [gap], verdicts }
          : { kind: 'review', verdict: 'pass', summary: '', findings: [], verdicts: [] };
      }
    }
  }

  #plan(attempt: Attempt): string {
    const phase = known(taskOf(this.state, attempt.taskId).phase, 'phase');
    const tasks = this.#rules.plan.map(({ dependsOn, reviews }) => ({
      dependsOn: dependsOn.map((index) => index + 1),
      review: reviewModeOf(reviews),
    }));
    return planText(phase, attempt.startCommit, tasks);
  }

  #attempt(key: string): Attempt {
    const found = Object.values(this.state.attempts).find((each) => attemptKey(this.state, each) === key);
    return known(found, `attempt ${key}`);
  }

  #gate(key: string): string {
    const found = Object.values(this.state.gates).find(({ id }) => gateKey(this.state, id) === key);
    return found?.id ?? key;
  }

  #commit(): string {
    this.#commits += 1;
    return this.#commits.toString(16).padStart(40, '0');
  }
}

function reviewModeOf(reviews: RefPlanned['reviews']): ReviewMode {
  const modes = reviews.map((each) => each.replace('-review', '')).join('+');
  return modes === '' ? 'none' : (modes as ReviewMode);
}

function optionsOf(rules: RefRules): { readonly phases: number; readonly policy: Partial<RunPolicy> } {
  const { parallel, gates, finalize, turns } = rules;
  const budgets = turns && { ...BUDGET_DEFAULTS, ...Object.fromEntries(Object.entries(turns).map(budgetOf)) };
  return {
    phases: rules.phases,
    policy: {
      parallelAgents: parallel,
      gates,
      finalize,
      taskReview: 'plan',
      ...(budgets ? { budgets } : {}),
    },
  };
}

function budgetOf([scope, limit]: readonly [string, number | null]): readonly [string, Budget] {
  return [scope, limit === null ? {} : { turns: limit }];
}

export function attemptKey(state: RunState, { taskId, number }: Attempt): string {
  return `${taskOf(state, taskId).name}#${number}`;
}

export function gateKey(state: RunState, gateId: string): string {
  const gate = known(state.gates[gateId], gateId);
  const ofTask = Object.values(state.gates).filter(({ taskId }) => taskId === gate.taskId);
  return `${taskOf(state, gate.taskId).name}#${ofTask.indexOf(gate) + 1}`;
}

/** How many findings are open, by phase of the design and by task. */
export function openGaps(state: RunState): Readonly<Record<string, number>> {
  const gaps: Record<string, number> = {};
  for (const { status, taskId, phase } of Object.values(state.findings)) {
    if (status !== 'open') continue;
    const of = taskId === null ? mainPhase(phase) : taskOf(state, taskId).name;
    gaps[of] = (gaps[of] ?? 0) + 1;
  }
  return gaps;
}
