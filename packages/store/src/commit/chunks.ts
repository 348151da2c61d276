/** Rows of one insert: SQLite takes 32,766 parameters, PostgreSQL 65,535, and no row has more than 20. */
const ROWS_PER_INSERT = 500;

export function chunks<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / ROWS_PER_INSERT);
  return Array.from({ length: count }, (_, index) =>
    items.slice(index * ROWS_PER_INSERT, (index + 1) * ROWS_PER_INSERT),
  );
}
