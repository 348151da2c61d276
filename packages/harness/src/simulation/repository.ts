/** The content of files by their paths. */
export type Tree = ReadonlyMap<string, string>;

interface Commit {
  readonly parents: readonly string[];
  readonly tree: Tree;
  readonly subject: string;
}

/** A folder with a checkout. */
export interface Checkout {
  /** Null: detached. */
  branch: string | null;
  /** Where HEAD stands when it is detached. */
  detachedAt: string;
  files: Map<string, string>;
  /** A merge that was begun and not yet committed. */
  merging: string | null;
}

export interface Merged {
  readonly tree: Tree;
  readonly conflicts: readonly string[];
}

/** What git keeps of a repository: commits that never change, refs that do, and checkouts. */
export class SimulatedRepository {
  readonly refs = new Map<string, string>();
  readonly checkouts = new Map<string, Checkout>();
  readonly #commits = new Map<string, Commit>();

  commit(parents: readonly string[], tree: Tree, subject: string): string {
    const id = (this.#commits.size + 1).toString(16).padStart(40, 'c');
    this.#commits.set(id, { parents, tree: new Map(tree), subject });
    return id;
  }

  has(commit: string): boolean {
    return this.#commits.has(commit);
  }

  tree(commit: string): Tree {
    return this.#get(commit).tree;
  }

  subject(commit: string): string {
    return this.#get(commit).subject;
  }

  branch(name: string): string | null {
    return this.refs.get(`refs/heads/${name}`) ?? null;
  }

  /** Compare-and-swap; null stands for a ref that is not there. */
  move(ref: string, from: string | null, to: string | null): boolean {
    if ((this.refs.get(ref) ?? null) !== from) return false;
    if (to === null) this.refs.delete(ref);
    else this.refs.set(ref, to);
    return true;
  }

  head(checkout: Checkout): string | null {
    return checkout.branch === null ? checkout.detachedAt : this.branch(checkout.branch);
  }

  ancestors(commit: string): ReadonlySet<string> {
    const seen = new Set<string>();
    const left = [commit];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      left.push(...this.#get(next).parents);
    }
    return seen;
  }

  contains(commit: string, ancestor: string): boolean {
    return this.ancestors(commit).has(ancestor);
  }

  /** Commits of one that the other has not, oldest first. */
  between(from: string, to: string): readonly string[] {
    const known = this.ancestors(from);
    return [...this.ancestors(to)].filter((commit) => !known.has(commit)).toSorted();
  }

  changed(from: Tree, to: Tree): readonly string[] {
    const paths = new Set([...from.keys(), ...to.keys()]);
    return [...paths].filter((path) => from.get(path) !== to.get(path)).toSorted();
  }

  dirty(checkout: Checkout): readonly string[] {
    const head = this.head(checkout);
    return this.changed(head === null ? new Map() : this.tree(head), checkout.files);
  }

  /** Puts a commit's files into a folder, with HEAD detached at it. */
  checkOut(path: string, commit: string): Checkout {
    const checkout = { branch: null, detachedAt: commit, files: new Map(this.tree(commit)), merging: null };
    this.checkouts.set(path, checkout);
    return checkout;
  }

  detach(checkout: Checkout, commit: string): void {
    checkout.branch = null;
    checkout.detachedAt = commit;
  }

  /** Moves a checkout's files from one commit to another, unless one of those that differ is like neither. */
  follow({ files }: Checkout, from: string, to: string): boolean {
    const [before, after] = [this.tree(from), this.tree(to)];
    const differing = this.changed(before, after);
    const isBetween = (path: string): boolean =>
      files.get(path) === before.get(path) || files.get(path) === after.get(path);
    if (!differing.every(isBetween)) return false;
    for (const path of differing) {
      const text = after.get(path);
      if (text === undefined) files.delete(path);
      else files.set(path, text);
    }
    return true;
  }

  isTree(files: Tree, commit: string): boolean {
    return this.changed(this.tree(commit), files).length === 0;
  }

  /**
   * Points a ref at something that contains the commits, what the ref kept before, and the tree, if there is one. Null when
   * there is nothing beyond what is safe.
   */
  keep(params: {
    readonly ref: string;
    readonly commits: readonly string[];
    readonly tree: Tree | null;
    readonly safe: string | null;
    readonly message: string;
  }): string | null {
    const { ref, tree, safe } = params;
    const kept = this.refs.get(ref) ?? null;
    const candidates = [...new Set([...params.commits, ...(kept === null ? [] : [kept])])];
    const tips = candidates.filter(
      (commit) =>
        !(safe !== null && this.contains(safe, commit)) &&
        !candidates.some((other) => other !== commit && this.contains(other, commit)),
    );
    const [only] = tips;
    const isKept = tree === null || (only !== undefined && tips.length === 1 && this.isTree(tree, only));
    if (isKept && only === undefined) return kept;
    if (isKept && only !== undefined && tips.length === 1) {
      this.refs.set(ref, only);
      return only;
    }
    const parents = [...new Set([...params.commits.slice(0, 1), ...tips])];
    const files = tree ?? this.tree(only ?? parents[0] ?? '');
    const commit = this.commit(parents, files, params.message);
    this.refs.set(ref, commit);
    return commit;
  }

  /** The newest commit that both have; ids grow with time. */
  mergeBase(one: string, other: string): string | null {
    const known = this.ancestors(one);
    return (
      [...this.ancestors(other)]
        .filter((commit) => known.has(commit))
        .toSorted()
        .at(-1) ?? null
    );
  }

  merge(ours: string, theirs: string): Merged {
    const base = this.mergeBase(ours, theirs);
    const before = base === null ? new Map<string, string>() : this.tree(base);
    const tree = new Map(this.tree(ours));
    const conflicts: string[] = [];
    for (const path of this.changed(before, this.tree(theirs))) {
      const mine = this.tree(ours).get(path);
      const other = this.tree(theirs).get(path);
      if (mine === other) continue;
      if (mine === before.get(path)) {
        if (other === undefined) tree.delete(path);
        else tree.set(path, other);
      } else {
        conflicts.push(path);
        tree.set(path, `<<<<<<< \n${mine ?? ''}\n=======\n${other ?? ''}\n>>>>>>> `);
      }
    }
    return { tree, conflicts };
  }

  #get(commit: string): Commit {
    const found = this.#commits.get(commit);
    if (!found) throw new Error(`there is no commit ${commit}`);
    return found;
  }
}
