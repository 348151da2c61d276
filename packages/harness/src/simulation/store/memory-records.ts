import type {
  AgentToken,
  ControlAction,
  DesignRevision,
  NewDesign,
  Project,
  RunWrite,
  Store,
  StoredAction,
} from '@tina/store';

/** Control actions in the order of their commits. */
export class MemoryActions {
  readonly #all: StoredAction[] = [];

  find(key: string): ControlAction | null {
    const found = this.#all.find(({ idempotencyKey }) => idempotencyKey === key);
    if (!found) return null;
    const { sequence: _, afterEvent: _1, lastEvent: _2, ...action } = found;
    return action;
  }

  /** `revision`: of its run before the commit; null when there is none. */
  add(action: ControlAction, run: RunWrite | null, revision: number | null): void {
    const isOfRun = run !== null && run.runId === action.runId;
    const afterEvent = isOfRun ? run.expectedRevision : revision;
    const lastEvent = isOfRun ? run.expectedRevision + run.events.length : revision;
    this.#all.push({ ...action, afterEvent, lastEvent, sequence: this.#all.length + 1 });
  }

  read: Store['readActions'] = ({ runId, after, fromEvent, limit }) =>
    Promise.resolve(
      this.#all
        .filter((each) => each.sequence > after && (runId === null || each.runId === runId))
        .filter(({ afterEvent }) => fromEvent === 0 || (afterEvent ?? -1) >= fromEvent)
        .slice(0, limit),
    );
}

/** Secrets of attempts, by their hashes. */
export class MemoryTokens {
  readonly #all = new Map<string, AgentToken>();

  find(secretHash: string): AgentToken | null {
    return this.#all.get(secretHash) ?? null;
  }

  /** @throws Error when it is there already */
  add(token: AgentToken): void {
    if (this.#all.has(token.secretHash)) throw new Error('the token is there already');
    this.#all.set(token.secretHash, token);
  }

  /** Answers how many were removed. */
  forget(isMeant: (runId: string) => boolean): number {
    const gone = [...this.#all.values()].filter(({ runId }) => isMeant(runId));
    for (const { secretHash } of gone) this.#all.delete(secretHash);
    return gone.length;
  }
}

type Records = 'saveProject' | 'findProject' | 'saveDesign' | 'findDesign' | 'readDesignRevision';

/** Projects and designs. */
export function memoryRecords(): Pick<Store, Records> {
  const projects = new Map<string, Project>();
  const designs = new Map<string, { readonly id: string; readonly path: string }>();
  const revisions: DesignRevision[] = [];
  const keyOf = ({ projectId, path }: Pick<NewDesign, 'projectId' | 'path'>): string =>
    `${projectId} ${path}`;
  return {
    saveProject: (project) => {
      const known = projects.get(project.repository) ?? project;
      projects.set(project.repository, known);
      return Promise.resolve(known);
    },
    findProject: (repository) => Promise.resolve(projects.get(repository) ?? null),
    saveDesign: (design) => {
      const { id, path, revisionId, hash, text, createdAt } = design;
      const known = designs.get(keyOf(design)) ?? { id, path };
      designs.set(keyOf(design), known);
      const same = revisions.find((each) => each.designId === known.id && each.hash === hash);
      if (!same) revisions.push({ id: revisionId, designId: known.id, path, hash, text, createdAt });
      return Promise.resolve({ designId: known.id, revisionId: same?.id ?? revisionId });
    },
    findDesign: (projectId, path) => Promise.resolve(designs.get(keyOf({ projectId, path }))?.id ?? null),
    readDesignRevision: (id) => Promise.resolve(revisions.find((each) => each.id === id) ?? null),
  };
}
