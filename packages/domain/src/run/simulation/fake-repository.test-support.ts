import { known } from '../lookup.ts';

/** As much of git as the run's decisions see: which commit contains which, and what each changed. */
export class FakeRepository {
  readonly #commits = new Map<
    string,
    { readonly ancestors: ReadonlySet<string>; readonly files: readonly string[] }
  >();
  /** The base branch. */
  base: string;
  /** The run's branch; null before it is created. */
  branch: string | null = null;

  constructor() {
    this.base = this.commit([], []);
  }

  commit(parents: readonly string[], files: readonly string[]): string {
    const id = (this.#commits.size + 1).toString(16).padStart(40, '0');
    const ancestors = new Set<string>([id]);
    for (const parent of parents) for (const each of this.#of(parent).ancestors) ancestors.add(each);
    this.#commits.set(id, { ancestors, files });
    return id;
  }

  contains(commit: string, ancestor: string): boolean {
    return this.#of(commit).ancestors.has(ancestor);
  }

  commitsBetween(from: string, to: string): readonly string[] {
    return [...this.#of(to).ancestors].filter((each) => !this.contains(from, each)).toSorted();
  }

  /** What came in from a commit that is merged by itself does not count. */
  filesBetween(from: string, to: string, mergedWith: string | null = null): readonly string[] {
    const own = this.commitsBetween(from, to).filter(
      (each) => mergedWith === null || !this.contains(mergedWith, each),
    );
    return [...new Set(own.flatMap((each) => this.#of(each).files))].toSorted();
  }

  /** The result of merging a commit into a branch that stands at `tip`. */
  merge(
    tip: string,
    commit: string,
  ): { readonly tip: string; readonly how: 'fast-forward' | 'merge-commit' | 'already-merged' } {
    if (this.contains(tip, commit)) return { tip, how: 'already-merged' };
    if (this.contains(commit, tip)) return { tip: commit, how: 'fast-forward' };
    return { tip: this.commit([tip, commit], []), how: 'merge-commit' };
  }

  #of(commit: string): { readonly ancestors: ReadonlySet<string>; readonly files: readonly string[] } {
    return known(this.#commits.get(commit), `commit ${commit}`);
  }
}
