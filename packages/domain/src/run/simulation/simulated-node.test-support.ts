import type { CheckDefinition, CheckOutcome, CheckResult } from '../../check/check.ts';
import { attemptRescueRef } from '../../naming/names.ts';
import { isInScope } from '../../scope/path-scope.ts';
import { assertNever } from '../assert-never.ts';
import type {
  CollectEvidenceJob,
  Evidence,
  IntegrateResult,
  Job,
  JobOutcome,
  LandJob,
  LandResult,
  MergeJob,
  MergeResult,
  StartAgentJob,
} from '../job.ts';
import { known } from '../lookup.ts';
import { FakeRepository } from './fake-repository.test-support.ts';

/** An agent host at work on one attempt. */
export interface Host {
  readonly job: StartAgentJob;
  turn: number;
  /** Whether its turn is under way; between turns it waits. */
  isWorking: boolean;
  head: string;
  isDirty: boolean;
  /** What its agent makes Tina find. */
  evidence: Partial<Evidence>;
}

export interface NodeBehaviour {
  /** What a job comes to instead of what it does; undefined: it is done well. */
  readonly jobs?: (job: Job) => JobOutcome | undefined;
  readonly checks?: (name: string, at: 'baseline' | 'later') => CheckOutcome;
}

/** Does jobs as a node would: done again, each finds what was done. */
export class SimulatedNode {
  readonly repository = new FakeRepository();
  readonly hosts = new Map<string, Host>();
  readonly #behaviour: NodeBehaviour;
  readonly #firstCommit = this.repository.base;

  constructor(behaviour: NodeBehaviour) {
    this.#behaviour = behaviour;
  }

  perform(job: Job): JobOutcome {
    return this.#behaviour.jobs?.(job) ?? this.#performWell(job);
  }

  /** A commit of the attempt's agent; a resolver's has both sides as parents. */
  commitWork(attemptId: string, files: readonly string[]): void {
    const host = known(this.hosts.get(attemptId), `host of ${attemptId}`);
    const { mergeCommit } = host.job;
    host.head = this.repository.commit([host.head, ...(mergeCommit === null ? [] : [mergeCommit])], files);
  }

  #performWell(job: Job): JobOutcome {
    const { repository } = this;
    switch (job.kind) {
      case 'run-checks':
        return { kind: 'run-checks', checks: this.#check(job.checks, job.commit) };
      case 'create-branch':
        repository.branch ??= job.commit;
        return { kind: 'create-branch' };
      case 'start-agent':
        return this.#start(job);
      case 'continue-agent': {
        const host = this.hosts.get(job.attemptId);
        if (!host) return hostLost();
        if (host.turn < job.turn) Object.assign(host, { turn: job.turn, isWorking: true });
        return { kind: 'continue-agent' };
      }
      case 'collect-evidence':
        return { kind: 'collect-evidence', evidence: this.#evidence(job) };
      case 'settle-attempt': {
        const head = this.hosts.get(job.attemptId)?.head ?? null;
        this.hosts.delete(job.attemptId);
        const isMerged =
          head === null || (repository.branch !== null && repository.contains(repository.branch, head));
        return {
          kind: 'settle-attempt',
          headCommit: head,
          rescueRef: isMerged ? null : attemptRescueRef(job.attemptId),
        };
      }
      case 'merge':
        return { kind: 'merge', result: this.#merge(job) };
      case 'integrate-base':
        return { kind: 'integrate-base', result: this.#integrate() };
      case 'land':
        return { kind: 'land', result: this.#land(job) };
      case 'open-pull-request':
        return { kind: 'open-pull-request', url: 'https://example.org/1', pushed: true, next: [] };
      case 'discard-branch':
        repository.branch = null;
        return { kind: 'discard-branch', rescueRef: job.rescueRef };
      case 'remove-slots':
        return { kind: 'remove-slots' };
      default:
        return assertNever(job);
    }
  }

  #check(checks: readonly CheckDefinition[], commit: string): readonly CheckResult[] {
    return checks.map(({ name }) => {
      const outcome =
        this.#behaviour.checks?.(name, commit === this.#firstCommit ? 'baseline' : 'later') ?? 'passed';
      return {
        name,
        outcome,
        exitCode: outcome === 'passed' ? 0 : 1,
        durationMs: 1,
        failures: [],
        outputPath: null,
        outputTail: `${name} ${outcome}`,
      };
    });
  }

  #start(job: StartAgentJob): JobOutcome {
    if (!this.hosts.has(job.attemptId)) {
      const { startCommit } = job;
      this.hosts.set(job.attemptId, {
        job,
        turn: 1,
        isWorking: true,
        head: startCommit,
        isDirty: false,
        evidence: {},
      });
    }
    return {
      kind: 'start-agent',
      agentVersion: '1.0.0',
      workingDirectory: `/srv/slot-${job.slot}`,
      branch: job.branch,
      hostPid: 1000 + job.slot,
      session: `tina-${job.attemptId}`,
    };
  }

  #evidence(job: CollectEvidenceJob): Evidence {
    const { attemptId, startCommit, changesSince, mergedWith, mustContain, checks } = job;
    const { repository } = this;
    const host = known(this.hosts.get(attemptId), `host of ${attemptId}`);
    return {
      headCommit: host.head,
      commits: repository
        .commitsBetween(startCommit, host.head)
        .map((commit) => ({ commit, subject: 'Work' })),
      onBranch: true,
      containsRequired: mustContain.every((commit) => repository.contains(host.head, commit)),
      dirtyFiles: [],
      changedFiles: repository.filesBetween(changesSince, host.head, mergedWith),
      conflictMarkers: [],
      checks: this.#check(checks, host.head),
      ...host.evidence,
    };
  }

  #merge({ commit, startCommit, mergedWith, scope }: MergeJob): MergeResult {
    const { repository } = this;
    const tip = known(repository.branch, 'branch');
    const files = repository.filesBetween(startCommit, commit, mergedWith);
    const outside = files.filter((file) => !isInScope(file, scope));
    if (outside.length > 0 && !repository.contains(tip, commit))
      return { kind: 'out-of-scope', files: outside };
    const merged = repository.merge(tip, commit);
    repository.branch = merged.tip;
    return { kind: 'merged', ...merged };
  }

  #integrate(): IntegrateResult {
    const { repository } = this;
    const { tip } = repository.merge(known(repository.branch, 'branch'), repository.base);
    repository.branch = tip;
    return { kind: 'integrated', tip, baseCommit: repository.base };
  }

  #land({ expectedBase, tip }: LandJob): LandResult {
    const { repository } = this;
    if (repository.contains(repository.base, tip)) return { kind: 'landed', commit: tip, checkout: 'none' };
    if (repository.base !== expectedBase) return { kind: 'base-moved', baseCommit: repository.base };
    repository.base = tip;
    return { kind: 'landed', commit: tip, checkout: 'updated' };
  }
}

function hostLost(): JobOutcome {
  return { kind: 'failed', problem: problem('host_lost') };
}

function problem(code: string): {
  readonly code: string;
  readonly message: string;
  readonly output: string | null;
  readonly next: readonly string[];
} {
  return { code, message: `it was ${code}`, output: 'the output', next: ['do something'] };
}

export function failedJob(code: string): JobOutcome {
  return { kind: 'failed', problem: problem(code) };
}
