/** So many of them, evenly spread; all when `count` is null. */
export function spread<T>(items: readonly T[], count: number | null): readonly T[] {
  if (count === null || count >= items.length) return items;
  return Array.from(
    { length: count },
    (_, index) => items[Math.floor(((index + 0.5) * items.length) / count)],
  ).filter((item) => item !== undefined);
}
