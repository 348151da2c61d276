import type { Answer, Assignment, NodeApi } from '@tina/contract';
import {
  assertNever,
  type ContinueAgentJob,
  type JobOutcome,
  type Report,
  type StartAgentJob,
  type TurnOutcome,
} from '@tina/domain';
import { passed, planOf } from './fake-work.test-support.ts';

type AgentJob = StartAgentJob | ContinueAgentJob;

/** A turn of an agent, as the script of a test sees it. */
export interface FakeTurn {
  readonly job: StartAgentJob;
  readonly turn: number;
  /** The prompt, or what was sent back. */
  readonly message: string;
  readonly assignment: Assignment;
}

export interface FakeNodeScript {
  /** What the agent says in a turn; null leaves it at work. */
  turn?: (turn: FakeTurn) => Report | TurnOutcome | null;
  /** What a job comes to; undefined for what it usually comes to, null to keep it in hand. */
  job?: (assignment: Assignment) => JobOutcome | null | undefined;
}

/** A node without a machine: it claims assignments and says at once what came of them. */
export class FakeNode {
  readonly #api: NodeApi;
  readonly nodeId: string;
  script: FakeNodeScript = {};
  incarnation = 0;
  agentCapacity = 100;
  /** What it says of attempts that wait for the end of a limit. */
  readonly parked = new Set<string>();
  readonly assignments: Assignment[] = [];
  readonly answers: Answer[] = [];
  /** The latest start of each attempt. */
  readonly starts = new Map<string, Assignment>();
  #commits = 0;

  constructor(api: NodeApi, nodeId: string) {
    this.#api = api;
    this.nodeId = nodeId;
  }

  async register(): Promise<Awaited<ReturnType<NodeApi['register']>>> {
    const registered = await this.#api.register({ nodeId: this.nodeId, name: 'here' });
    this.incarnation = registered.incarnation;
    return registered;
  }

  /** Takes over what another node's daemon knew of the agents that live on. */
  adopt(before: FakeNode): void {
    this.script = before.script;
    for (const [attemptId, start] of before.starts) this.starts.set(attemptId, start);
  }

  async claim(limit = 100): Promise<readonly Assignment[]> {
    const { nodeId, incarnation, agentCapacity } = this;
    const claim = { nodeId, incarnation, limit, agentCapacity, parkedAttempts: [...this.parked] };
    const claimed = await this.#api.claim(claim);
    this.assignments.push(...claimed);
    return claimed;
  }

  /** Works until nothing is left to claim. */
  async work(): Promise<void> {
    for (let claimed = await this.claim(); claimed.length > 0; claimed = await this.claim()) {
      for (const assignment of claimed) await this.perform(assignment);
    }
  }

  /** Works off what is claimed now, and none of what follows. */
  async workOnce(): Promise<readonly Assignment[]> {
    const claimed = await this.claim();
    for (const assignment of claimed) await this.perform(assignment);
    return claimed;
  }

  async perform(assignment: Assignment): Promise<void> {
    const { job, epoch } = assignment;
    if (job.kind === 'start-agent') {
      this.starts.set(job.attemptId, assignment);
      const begun = await this.#api.beginAttempt({
        attemptId: job.attemptId,
        jobId: job.jobId,
        epoch: job.epoch,
      });
      this.answers.push(begun);
      if (!begun.ok) return;
    }
    const scripted = this.script.job?.(assignment);
    if (scripted === null) return;
    const outcome = scripted ?? this.#usualOutcome(assignment);
    const answer = await this.#api.completeJob({ job, epoch, outcome });
    this.answers.push(answer);
    const isAgentJob = job.kind === 'start-agent' || job.kind === 'continue-agent';
    if (answer.ok && isAgentJob && outcome.kind === job.kind) await this.takeTurn(job);
  }

  async takeTurn(job: AgentJob): Promise<void> {
    const assignment = this.starts.get(job.attemptId);
    if (assignment?.job.kind !== 'start-agent') throw new Error(`attempt ${job.attemptId} was never started`);
    const turn = job.kind === 'continue-agent' ? job.turn : 1;
    const message = job.kind === 'continue-agent' ? job.message : (assignment.agent?.prompt ?? '');
    const said = (this.script.turn ?? usualReport)({ job: assignment.job, turn, message, assignment });
    if (said === null) return;
    await this.endTurn(job, turn, isOutcome(said) ? said : completed(said));
  }

  async endTurn(
    { attemptId, epoch }: { readonly attemptId: string; readonly epoch: number },
    turn: number,
    outcome: TurnOutcome,
  ): Promise<Answer> {
    const answer = await this.#api.endTurn({ attemptId, epoch, turn, outcome });
    this.answers.push(answer);
    return answer;
  }

  #nextCommit(): string {
    this.#commits += 1;
    return this.#commits.toString(16).padStart(40, '0');
  }

  #usualOutcome({ job }: Assignment): JobOutcome {
    switch (job.kind) {
      case 'run-checks':
        return { kind: 'run-checks', checks: job.checks.map(({ name }) => passed(name)) };
      case 'start-agent':
        return {
          kind: 'start-agent',
          agentVersion: '1.0',
          workingDirectory: `/srv/worktrees/slot-${job.slot}`,
          branch: job.branch,
          hostPid: 4711,
          session: `tina-${job.attemptId}`,
        };
      case 'collect-evidence': {
        const headCommit = this.#nextCommit();
        return {
          kind: 'collect-evidence',
          evidence: {
            headCommit,
            commits: [{ commit: headCommit, subject: 'do it' }],
            onBranch: true,
            containsRequired: true,
            dirtyFiles: [],
            changedFiles: [],
            conflictMarkers: [],
            checks: job.checks.map(({ name }) => passed(name)),
          },
        };
      }
      case 'settle-attempt':
        return { kind: 'settle-attempt', headCommit: null, rescueRef: null };
      case 'merge':
        return {
          kind: 'merge',
          result: { kind: 'merged', tip: this.#nextCommit(), how: 'merge-commit' },
        };
      case 'integrate-base':
        return {
          kind: 'integrate-base',
          result: { kind: 'integrated', tip: this.#nextCommit(), baseCommit: this.#nextCommit() },
        };
      case 'land':
        return { kind: 'land', result: { kind: 'landed', commit: job.tip, checkout: 'none' } };
      case 'open-pull-request':
        return { kind: 'open-pull-request', url: null, pushed: false, next: ['git push'] };
      case 'discard-branch':
        return { kind: 'discard-branch', rescueRef: job.rescueRef };
      case 'create-branch':
      case 'continue-agent':
      case 'remove-slots':
        return { kind: job.kind };
      default:
        return assertNever(job);
    }
  }
}

export function completed(report: Report | null, finalMessage = ''): TurnOutcome {
  return { kind: 'completed', report, finalMessage, usage: null };
}

export function failedTurn(
  kind: Extract<TurnOutcome, { kind: 'failed' }>['error']['kind'],
  resetAt: number | null = null,
): TurnOutcome {
  return { kind: 'failed', error: { kind, message: `it ended with ${kind}`, resetAt }, usage: null };
}

/** What a good agent reports. */
export function usualReport({ job, assignment }: FakeTurn): Report {
  const phase = assignment.agent?.subject.phase ?? '';
  switch (job.role) {
    case 'validator':
      return { kind: 'validation', status: 'pass', text: 'It can be carried out.' };
    case 'planner':
      return { kind: 'plan', markdown: planOf({ phase, baseline: job.startCommit }) };
    case 'implementer':
    case 'resolver':
      return { kind: 'work', summary: 'Done.' };
    case 'spec-reviewer':
    case 'quality-reviewer':
    case 'reviewer':
      return { kind: 'review', verdict: 'pass', summary: 'Good.', findings: [], verdicts: [] };
    default:
      return assertNever(job.role);
  }
}

/** A review that finds something, and leaves open what was. */
export function gaps({ assignment }: FakeTurn, ...messages: readonly string[]): Report {
  const findings = messages.map((message) => ({
    severity: 'major' as const,
    message,
    file: 'src/part-1.ts',
    line: 3,
  }));
  const open = assignment.agent?.subject.openFindings ?? [];
  const verdicts = open.map((findingId) => ({ findingId, verdict: 'open' as const }));
  return { kind: 'review', verdict: 'gaps', summary: 'Something is missing.', findings, verdicts };
}

function isOutcome(said: Report | TurnOutcome): said is TurnOutcome {
  return said.kind === 'completed' || said.kind === 'failed';
}
