import type { KnownRun, Remain, Remains } from '@tina/contract';

export interface FakeRemains extends Remains {
  /** What is on the machine; a test changes it. */
  readonly there: Remain[];
  /** What was asked for last. */
  readonly asked: { runs: readonly KnownRun[] };
  /** What the second look of two finds no more. */
  readonly leaving: Set<string>;
  /** Names of what cannot be removed. */
  readonly held: Set<string>;
}

/** A machine with what a test puts there. */
export function createFakeRemains(): FakeRemains {
  const there: Remain[] = [];
  const leaving = new Set<string>();
  const held = new Set<string>();
  const asked: { runs: readonly KnownRun[] } = { runs: [] };
  return {
    there,
    asked,
    leaving,
    held,
    list(runs) {
      asked.runs = runs;
      const found = [...there];
      for (const name of leaving) removeNamed(there, name);
      return Promise.resolve(found);
    },
    remove({ name }) {
      if (held.has(name)) return Promise.reject(new Error('it is held'));
      removeNamed(there, name);
      return Promise.resolve();
    },
  };
}

function removeNamed(there: Remain[], name: string): void {
  const index = there.findIndex((remain) => remain.name === name);
  if (index !== -1) there.splice(index, 1);
}

export function remain(kind: Remain['kind'], id: string, more: Partial<Remain> = {}): Remain {
  const isOfRun = kind === 'worktree' || kind === 'check-files' || kind === 'setup-files';
  const of = { kind: isOfRun ? 'run' : 'attempt', id } as const;
  return {
    kind,
    name: `${kind} of ${id}`,
    of,
    slot: kind === 'worktree' ? 1 : null,
    repository: null,
    process: null,
    ...more,
  };
}
