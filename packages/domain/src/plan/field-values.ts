import type { ComplexityBudget, ReviewMode } from './plan.ts';

/** What a field says, as far as it can be read; null when nothing of it can, or when it says nothing. */
export interface Read<T> {
  readonly value: T | null;
  readonly problem: string | null;
}

const MARKS = new Set(['`', '"', "'", '*']);

/** How a field says that there is nothing. */
const NOTHING = /^(?:none|nothing|-|–|—)\.?$/i;

export function readModel(text: string): Read<string> {
  const name = withoutMarks(text);
  return { value: name === '' ? null : name, problem: null };
}

/** `none`, or names in lower case: `ui, slow`. */
export function readTags(text: string): Read<readonly string[]> {
  if (NOTHING.test(withoutMarks(text))) return { value: [], problem: null };
  const tags = text.split(',').map((tag) => withoutMarks(tag).toLowerCase());
  if (tags.every((tag) => TAG.test(tag))) return { value: [...new Set(tags)], problem: null };
  return unreadable(text, 'Write "none", or names of letters, digits and dashes, such as "ui, slow"');
}

/** A tag of a task, as plans and configurations write it. */
export const TAG = /^[a-z0-9][a-z0-9-]*$/;

export function readCommit(text: string): Read<string> {
  const commit = withoutMarks(text).toLowerCase();
  if (/^[0-9a-f]{7,64}$/.test(commit)) return { value: commit, problem: null };
  return unreadable(text, 'Write the commit in hex, with 7 digits or more');
}

/** `3 tasks, 6 files, 300 lines`; each part may be missing. */
export function readBudget(text: string): Read<ComplexityBudget> {
  const budget: { tasks: number | null; files: number | null; lines: number | null } = {
    tasks: null,
    files: null,
    lines: null,
  };
  let isClear = true;
  const rest = withoutMarks(text).replace(
    /(?<![\d,.])(\d{1,3}(?:,\d{3})+|\d{1,9})\s*(task|file|line)s?\b/gi,
    (_match, count: string, unit: string) => {
      const part = `${unit.toLowerCase()}s` as keyof ComplexityBudget;
      isClear &&= budget[part] === null;
      budget[part] = Number(count.replaceAll(',', ''));
      return '';
    },
  );
  const isRead =
    isClear && /^(?:[\s,;.+/&]|and|up to|at most|of code)*$/i.test(rest.replace(NOTHING, '')) && text !== '';
  return isRead
    ? { value: budget, problem: null }
    : unreadable(text, 'Write it as "3 tasks, 6 files, 300 lines"');
}

/** `none`, or numbers of tasks: `1, 2`, `Task 1 and Task 2`, `#1`. */
export function readDependsOn(text: string): Read<readonly number[]> {
  if (NOTHING.test(withoutMarks(text))) return { value: [], problem: null };
  const numbers = new Set<number>();
  for (const part of withoutMarks(text).split(/[,;&]|\band\b/i)) {
    const match = /^(?:tasks?\s*|#)?#?(?<number>\d{1,9})(?:\s*\([^)]*\))?\.?$/i.exec(withoutMarks(part));
    if (!match) return unreadable(text, 'Write "none", or the numbers of tasks of this plan, such as "1, 2"');
    numbers.add(Number((match.groups as { number: string }).number));
  }
  return { value: [...numbers], problem: null };
}

export function readReview(text: string): Read<ReviewMode> {
  const words = withoutMarks(text).toLowerCase().replace(/\.$/, '');
  if (NOTHING.test(words)) return { value: 'none', problem: null };
  const parts = words === 'full' ? ['spec', 'quality'] : words.split(/\s*(?:[+,&]|\band\b)\s*/);
  const hasSpec = parts.includes('spec');
  const hasQuality = parts.includes('quality');
  if (parts.some((part) => part !== 'spec' && part !== 'quality')) {
    return unreadable(text, 'Write none, spec, quality, or spec+quality');
  }
  if (hasSpec && hasQuality) return { value: 'spec+quality', problem: null };
  return { value: hasSpec ? 'spec' : 'quality', problem: null };
}

/** Paths beside the label, separated by commas, and in the list below it. Without doubles; `./` in front is dropped. */
export function readFiles(text: string, items: readonly string[]): Read<readonly string[]> {
  const files = new Set<string>();
  const unclear: string[] = [];
  for (const entry of [text, ...items].flatMap(splitPaths)) {
    const path = pathOf(entry);
    if (path === null) unclear.push(entry);
    else files.add(path.replace(/^(?:\.\/)+(?=.)/, ''));
  }
  const value = [...files];
  if (unclear.length === 0) return { value, problem: null };
  const advice = 'Put each path in backticks, separate paths by commas, and leave a blank line before prose';
  return { value, problem: unreadable(unclear.join(', '), advice).problem };
}

/** At commas and line ends, though not inside backticks or in a remark in parentheses after them. */
function splitPaths(text: string): string[] {
  return (text.match(/[ \t]*`[^`\n]*`(?:[ \t]*\([^)\n]*\))?[^,\n]*|[^,\n]+/g) ?? [])
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '' && !NOTHING.test(entry));
}

/** In backticks with an optional remark, or bare without a space. */
function pathOf(entry: string): string | null {
  const quoted = /^`(?<path>[^`]*)`(?:\s*\([^)]*\))?(?:\s*[:–—-].*)?$/.exec(entry);
  if (quoted) return (quoted.groups as { path: string }).path.trim();
  return /^[^\s`]+$/.test(entry) ? entry : null;
}

function unreadable(text: string, advice: string): { value: null; problem: string } {
  return { value: null, problem: `${text === '' ? 'it says nothing' : `cannot read "${text}"`}. ${advice}.` };
}

/** Without the backticks, quotes or asterisks around it. Not by a pattern: `[*]+$` takes quadratic time. */
function withoutMarks(text: string): string {
  const trimmed = text.trim();
  let start = 0;
  let end = trimmed.length;
  while (start < end && MARKS.has(trimmed.charAt(start))) start += 1;
  while (end > start && MARKS.has(trimmed.charAt(end - 1))) end -= 1;
  return trimmed.slice(start, end).trim();
}
