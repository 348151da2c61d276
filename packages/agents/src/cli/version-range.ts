/** Versions of an agent program: those that are known to work with Tina. */
export interface VersionRange {
  /** The oldest one that has what Tina needs: `2.1.0`. */
  readonly oldest: string;
  /** The newest one that Tina's tests have driven. */
  readonly tried: string;
}

export type VersionJudgement =
  | { readonly kind: 'fits' }
  /** Newer than what was tried by more than a patch: it may have changed what it says. */
  | { readonly kind: 'untried' }
  | { readonly kind: 'too-old' }
  /** It told none that could be read. */
  | { readonly kind: 'unknown' };

/** What is known of a version, as the program prints it: `2.1.329 (Claude Code)`, `codex-cli 0.169.0`. */
export function judgeVersion(printed: string | null, { oldest, tried }: VersionRange): VersionJudgement {
  const version = numbersOf(printed ?? '');
  if (version === null) return { kind: 'unknown' };
  if (compare(version, numbersOf(oldest)) < 0) return { kind: 'too-old' };
  const [major, minor] = version;
  const [triedMajor = 0, triedMinor = 0] = numbersOf(tried) ?? [];
  const isBeyond = major > triedMajor || (major === triedMajor && minor > triedMinor);
  return { kind: isBeyond ? 'untried' : 'fits' };
}

/** Whether a version is at least another one; false when it cannot be read. */
export function isAtLeast(printed: string | null, oldest: string): boolean {
  const version = numbersOf(printed ?? '');
  return version !== null && compare(version, numbersOf(oldest)) >= 0;
}

type Numbers = readonly [major: number, minor: number, patch: number];

function numbersOf(text: string): Numbers | null {
  const match = /(?:^|[^\d.])(\d{1,6})\.(\d{1,6})\.(\d{1,9})/.exec(text);
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3])];
}

function compare(a: Numbers, b: Numbers | null): number {
  for (const [index, number] of a.entries()) {
    const difference = number - (b?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
