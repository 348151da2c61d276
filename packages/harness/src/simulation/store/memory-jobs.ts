import type {
  ClaimedJob,
  JobClaim,
  JobFilter,
  JobRow,
  LeaseLoss,
  LeaseRenewal,
  RunWrite,
  Sweep,
} from '@tina/store';

/** A job as long as it is remembered, also when it is done or withdrawn. */
interface MemoryJob extends Omit<JobRow, 'status'> {
  readonly runId: string;
  status: JobRow['status'] | 'done' | 'withdrawn';
  epoch: number;
  leaseEndsAt: number | null;
  durationMs: number;
}

interface Lease {
  readonly attemptId: string;
  readonly runId: string;
  readonly nodeId: string;
  readonly epoch: number;
  leaseEndsAt: number | null;
  durationMs: number;
}

/** Jobs, leases and nodes, as docs of the store's port say. */
export class MemoryJobs {
  readonly #jobs = new Map<string, MemoryJob>();
  readonly #leases = new Map<string, Lease>();
  readonly #incarnations = new Map<string, number>();
  #seenAt: number | null = null;

  owner(jobId: string): string | null {
    return this.#jobs.get(jobId)?.runId ?? null;
  }

  isHeld({ jobId, epoch }: { readonly jobId: string; readonly epoch: number }): boolean {
    const job = this.#jobs.get(jobId);
    return job?.status === 'claimed' && job.epoch === epoch;
  }

  end(jobId: string): void {
    this.#settle(jobId, 'done');
  }

  write(run: RunWrite, now: number): void {
    for (const id of run.withdraw) this.#settle(id, 'withdrawn');
    for (const { job, nodeId, attemptId } of run.enqueue) {
      if (this.#jobs.has(job.jobId)) throw new Error(`job ${job.jobId} was enqueued before`);
      const { runId } = job;
      const fresh = { status: 'queued', epoch: 1, leaseEndsAt: null, durationMs: 0, queuedAt: now } as const;
      this.#jobs.set(job.jobId, { job, nodeId, attemptId, runId, ...fresh });
    }
    for (const id of run.releaseLeases) this.#leases.delete(id);
    for (const { durationMs, ...grant } of run.grantLeases) {
      const lease = { ...grant, durationMs, runId: run.runId, leaseEndsAt: now + durationMs };
      this.#leases.set(grant.attemptId, lease);
    }
  }

  register(nodeId: string, now: number): number {
    const incarnation = (this.#incarnations.get(nodeId) ?? 0) + 1;
    this.#incarnations.set(nodeId, incarnation);
    for (const job of this.#claimed()) if (job.nodeId === nodeId) requeue(job);
    for (const lease of this.#leases.values()) {
      if (lease.nodeId === nodeId) lease.leaseEndsAt = now + lease.durationMs;
    }
    return incarnation;
  }

  claim(claim: JobClaim, now: number): readonly ClaimedJob[] {
    if (this.#incarnations.get(claim.nodeId) !== claim.incarnation) return [];
    let room = Math.min(claim.limit, claim.agentCapacity);
    const taken: MemoryJob[] = [];
    for (const each of this.#jobs.values()) {
      if (each.status !== 'queued' || each.nodeId !== claim.nodeId || taken.length >= claim.limit) continue;
      if (claim.kinds !== undefined && !claim.kinds.includes(each.job.kind)) continue;
      const needsRoom = putsToWork(each, claim);
      if (needsRoom && room <= 0) continue;
      if (needsRoom) room -= 1;
      taken.push(each);
    }
    const { leaseDurationMs } = claim;
    for (const job of taken) {
      Object.assign(job, {
        status: 'claimed',
        leaseEndsAt: now + leaseDurationMs,
        durationMs: leaseDurationMs,
      });
    }
    return taken.map(({ job, epoch }) => ({ job, epoch }));
  }

  renew(renewal: LeaseRenewal, now: number): LeaseLoss {
    const isPresent = this.#incarnations.get(renewal.nodeId) === renewal.incarnation;
    const extend = (held: MemoryJob | Lease | undefined, epoch: number): boolean => {
      if (!isPresent || held?.epoch !== epoch || held.nodeId !== renewal.nodeId) return false;
      if ('status' in held && held.status !== 'claimed') return false;
      held.leaseEndsAt = now + renewal.leaseDurationMs;
      held.durationMs = renewal.leaseDurationMs;
      return true;
    };
    return {
      lostJobs: renewal.jobs
        .filter(({ jobId, epoch }) => !extend(this.#jobs.get(jobId), epoch))
        .map(({ jobId }) => jobId),
      lostAttempts: renewal.attempts
        .filter(({ attemptId, epoch }) => !extend(this.#leases.get(attemptId), epoch))
        .map(({ attemptId }) => attemptId),
    };
  }

  sweep(now: number): Sweep {
    const jobs = [...this.#claimed()];
    const leases = [...this.#leases.values()].toSorted((a, b) => (a.attemptId < b.attemptId ? -1 : 1));
    if (jobs.length + leases.length === 0) return { requeuedJobs: [], expiredAttempts: [] };
    const seenAt = this.#seenAt;
    this.#seenAt = now;
    const isExpired = (held: MemoryJob | Lease): boolean => {
      const endsAt = held.leaseEndsAt ?? 0;
      const renewedAt = endsAt - held.durationMs;
      const watchedAt = Math.max(renewedAt, seenAt ?? renewedAt);
      const cannotTell = now - watchedAt > 2 * held.durationMs || now < renewedAt;
      if (cannotTell) held.leaseEndsAt = now + held.durationMs;
      return !cannotTell && endsAt <= now;
    };
    const requeued = jobs.filter(isExpired);
    for (const job of requeued) requeue(job);
    const expired = leases.filter(isExpired);
    return {
      requeuedJobs: requeued.map(({ job }) => job.jobId),
      expiredAttempts: expired.map(({ attemptId, runId, epoch }) => ({ attemptId, runId, epoch })),
    };
  }

  nextLeaseEnd(): number | null {
    let next = Infinity;
    for (const { leaseEndsAt } of this.#claimed()) next = Math.min(next, leaseEndsAt ?? Infinity);
    for (const { leaseEndsAt } of this.#leases.values()) next = Math.min(next, leaseEndsAt ?? Infinity);
    return next === Infinity ? null : next;
  }

  list({ runId, nodeId }: JobFilter): readonly JobRow[] {
    const rows: JobRow[] = [];
    for (const each of this.#jobs.values()) {
      const { job, attemptId, status, epoch, leaseEndsAt, queuedAt } = each;
      if (status !== 'queued' && status !== 'claimed') continue;
      if ((runId ?? each.runId) !== each.runId || (nodeId ?? each.nodeId) !== each.nodeId) continue;
      rows.push({ job, nodeId: each.nodeId, attemptId, status, epoch, leaseEndsAt, queuedAt });
    }
    return rows;
  }

  /** Answers how many were removed. */
  forget(isMeant: (runId: string) => boolean): number {
    const settled = [...this.#jobs.values()].filter(
      ({ status, runId }) => (status === 'done' || status === 'withdrawn') && isMeant(runId),
    );
    for (const { job } of settled) this.#jobs.delete(job.jobId);
    return settled.length;
  }

  *#claimed(): Generator<MemoryJob> {
    for (const job of this.#jobs.values()) if (job.status === 'claimed') yield job;
  }

  #settle(jobId: string, status: 'done' | 'withdrawn'): void {
    const job = this.#jobs.get(jobId);
    if (job?.status === 'queued' || job?.status === 'claimed')
      Object.assign(job, { status, leaseEndsAt: null });
  }
}

function requeue(job: MemoryJob): void {
  Object.assign(job, { status: 'queued', epoch: job.epoch + 1, leaseEndsAt: null });
}

function putsToWork({ job, attemptId }: MemoryJob, { parkedAttempts }: JobClaim): boolean {
  if (job.kind === 'start-agent') return true;
  return job.kind === 'continue-agent' && attemptId !== null && parkedAttempts.includes(attemptId);
}
