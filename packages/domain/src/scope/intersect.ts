/** Any number of items, none included. */
export const RUN = Symbol('run');

/** A pattern over items. */
export type Sequence<T> = readonly (T | typeof RUN)[];

/**
 * Whether some sequence of items matches both patterns; `meet` says whether some item matches both of two items. Exact,
 * in time proportional to the product of the lengths.
 */
export function intersects<T>(
  left: Sequence<T>,
  right: Sequence<T>,
  meet: (left: T, right: T) => boolean,
): boolean {
  // reachable[j]: the part of `left` read so far and the first j of `right` can stand for the same items.
  let reachable = [true];
  for (const item of right) reachable.push(item === RUN && reachable.at(-1) === true);
  for (const leftItem of left) {
    const next = [leftItem === RUN && reachable[0] === true];
    for (const [index, rightItem] of right.entries()) {
      if (leftItem === RUN || rightItem === RUN) {
        // A run stands for nothing, or takes up one more item of the other side.
        next.push(reachable[index + 1] === true || next[index] === true);
      } else {
        next.push(reachable[index] === true && meet(leftItem, rightItem));
      }
    }
    reachable = next;
  }
  return reachable.at(-1) === true;
}
