/** Something that must never be so, and is. */
export interface Violation {
  /** The guarantee that is broken, by its number in docs/guarantees.md. */
  readonly guarantee: `G${number}`;
  /** The id of what shows it: a task, an attempt, a gate, a finding, a job or the run. */
  readonly subject: string;
  /** What is so, in one sentence. */
  readonly message: string;
}

/** What `check` finds of each of these. */
export function ofEach<Item>(
  items: Iterable<Item>,
  check: (item: Item) => readonly (Violation | false)[],
): readonly Violation[] {
  return [...items].flatMap(check).filter((found) => found !== false);
}
