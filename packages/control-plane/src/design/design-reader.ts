import { type Design, parseDesign } from '@tina/domain';
import type { Store } from '@tina/store';

export interface ReadableDesign {
  /** Relative to the repository where it lies inside, else absolute. */
  readonly path: string;
  readonly text: string;
  /** @throws Error when the text cannot be parsed (any more) */
  readonly design: () => Design;
}

/** Reads revisions of designs. They never change, so the ones in use stay in memory, parsed once. */
export interface DesignReader {
  read(designRevisionId: string): Promise<ReadableDesign>;
}

/** As many runs as one machine has under way at the same time; a design takes up to a few megabytes. */
const MAX_KEPT = 8;

export function createDesignReader(store: Pick<Store, 'readDesignRevision'>): DesignReader {
  const kept = new Map<string, ReadableDesign>();
  return {
    async read(id) {
      const found = kept.get(id) ?? (await readRevision(store, id));
      // Last used, last to go.
      kept.delete(id);
      kept.set(id, found);
      const [oldest] = kept.keys();
      if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
      return found;
    },
  };
}

async function readRevision(store: Pick<Store, 'readDesignRevision'>, id: string): Promise<ReadableDesign> {
  const revision = await store.readDesignRevision(id);
  if (!revision) throw new Error(`design revision ${id} is not there`);
  let parsed: Design | null = null;
  return {
    path: revision.path,
    text: revision.text,
    design() {
      parsed ??= parse(id, revision.text);
      return parsed;
    },
  };
}

function parse(id: string, text: string): Design {
  const parsed = parseDesign(text);
  if (parsed.ok) return parsed.design;
  throw new Error(`design revision ${id} cannot be read: ${parsed.findings[0]?.message ?? 'no phases'}`);
}
