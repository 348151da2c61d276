/** The first git with `merge-tree --write-tree`, and with everything else that Tina uses. */
export const LEAST_GIT = '2.38';

/** The first tmux with `exit-empty` per server, array options and exact targets, as Tina uses them. */
export const LEAST_TMUX = '3.0';

/**
 * Whether a version such as `2.39.5`, `v24.1.0` or `3.3a` is not older than one of two numbers such as `2.38`. False when the
 * text does not begin with a number.
 */
export function isAtLeast(version: string, least: string): boolean {
  const [major, minor] = numbersOf(version);
  const [leastMajor, leastMinor] = numbersOf(least);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

function numbersOf(version: string): readonly [major: number, minor: number] {
  const match = /^v?(\d+)(?:\.(\d+))?/.exec(version);
  return match === null ? [-1, -1] : [Number(match[1]), Number(match[2] ?? 0)];
}
