import type { RunState } from '@tina/domain';
import type {
  CommitResult,
  EntityKind,
  EventRange,
  RunFilter,
  RunSummary,
  RunWrite,
  StoredEvent,
} from '@tina/store';

type Refusal = Exclude<CommitResult, { kind: 'committed' }>;

interface MemoryRun {
  readonly state: RunState;
  readonly status: string;
  readonly updatedAt: number;
}

const ENTITIES = { task: 'tasks', attempt: 'attempts', gate: 'gates', finding: 'findings' } as const;

/** Runs with their events. */
export class MemoryRuns {
  readonly #statusOf: (state: RunState) => string;
  readonly #runs = new Map<string, MemoryRun>();
  readonly #events: StoredEvent[] = [];
  readonly #owners = new Map<string, string>();

  constructor(statusOf: (state: RunState) => string) {
    this.#statusOf = statusOf;
  }

  get lastSequence(): number {
    return this.#events.length;
  }

  state(runId: string): RunState | null {
    return this.#runs.get(runId)?.state ?? null;
  }

  refuseBusy(run: RunWrite | null): Refusal | null {
    if (run === null || run.before !== null || run.after.endedAt !== null) return null;
    const others = [...this.#runs.values()]
      .map(({ state }) => state)
      .filter(({ id, endedAt }) => endedAt === null && id !== run.runId)
      .toSorted((a, b) => a.createdAt - b.createdAt);
    const { designId, projectId, branch } = run.after;
    const ofDesign = others.find((other) => other.designId === designId);
    if (run.onlyRunOfDesign && ofDesign) return { kind: 'design-busy', runId: ofDesign.id };
    const ofBranch = others.find((other) => other.projectId === projectId && other.branch === branch);
    return ofBranch ? { kind: 'branch-busy', runId: ofBranch.id } : null;
  }

  isAt({ runId, expectedRevision }: RunWrite): boolean {
    return (this.#runs.get(runId)?.state.revision ?? 0) === expectedRevision;
  }

  write({ runId, after, events }: RunWrite, now: number): void {
    this.#runs.set(runId, { state: after, status: this.#statusOf(after), updatedAt: now });
    for (const event of events) this.#events.push({ ...event, sequence: this.#events.length + 1 });
    for (const [kind, table] of Object.entries(ENTITIES)) {
      for (const id of Object.keys(after[table])) this.#owners.set(`${kind} ${id}`, runId);
    }
  }

  owner(kind: EntityKind, id: string): string | null {
    return this.#owners.get(`${kind} ${id}`) ?? null;
  }

  list({ projectId, designId, feature, active, limit }: RunFilter): readonly RunSummary[] {
    return [...this.#runs.values()]
      .filter(
        ({ state }) =>
          (projectId === undefined || state.projectId === projectId) &&
          (designId === undefined || state.designId === designId) &&
          (feature === undefined || state.feature === feature) &&
          (active !== true || state.endedAt === null),
      )
      .toSorted((a, b) => b.state.createdAt - a.state.createdAt || (a.state.id < b.state.id ? 1 : -1))
      .slice(0, limit)
      .map(({ state, status, updatedAt }) => {
        const { id, projectId: project, repository, designId: design, branch, revision } = state;
        const { createdAt, endedAt, feature: named } = state;
        const where = { id, projectId: project, repository, designId: design, feature: named, branch };
        return { ...where, status, revision, createdAt, endedAt, updatedAt };
      });
  }

  events({ runId, after, limit }: EventRange): readonly StoredEvent[] {
    const isAfter = (event: StoredEvent): boolean =>
      runId === null ? event.sequence > after : event.runId === runId && event.number > after;
    return this.#events.filter(isAfter).slice(0, limit);
  }
}
