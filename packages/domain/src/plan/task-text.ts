import type { Finding } from '../design/design.ts';
import { errorFinding, sortFindings } from '../design/finding.ts';
import { readOutline, type Outline } from '../markdown/outline.ts';
import type { PlanTask, ReviewMode } from './plan.ts';
import { readTask, taskHeading } from './read-task.ts';

/** One task as its text says it. It can be used only when nothing is found. */
export interface ParsedTask {
  /** Null when the text has no task. */
  readonly task: PlanTask | null;
  /** On which line each field stands, by the name that docs/plan-format.md gives it; what is missing is not in it. */
  readonly lines: ReadonlyMap<string, number>;
  readonly findings: readonly Finding[];
}

/**
 * A task in the form that a plan has it in, alone in its text. `Review` comes last: below it nothing belongs to a field, so
 * that the prose begins whatever it begins with.
 */
export function taskText(task: PlanTask): string {
  const { number, title, model, tags = [], files, dependsOn, acceptance, review, body } = task;
  return [
    `### Task ${number}: ${title}`,
    '',
    ...(model === null ? [] : [`**Model:** ${model}`]),
    ...(tags.length === 0 ? [] : [`**Tags:** ${tags.join(', ')}`]),
    `**Files:** ${files.map((file) => `\`${file}\``).join(', ')}`,
    `**Depends on:** ${dependsOn.join(', ') || 'none'}`,
    '**Acceptance:**',
    ...acceptance.map((criterion) => `- ${criterion}`),
    '',
    `**Review:** ${review}`,
    ...(body === '' ? [] : ['', body]),
    '',
  ].join('\n');
}

/**
 * Reads one task. Everything below its heading is of it, other headings as well, but a second task is refused. Above it
 * nothing may stand but comments.
 */
export function parseTask(markdown: string, defaultReview: ReviewMode): ParsedTask {
  const outline = readOutline(markdown);
  const [heading, second] = outline.headings.filter((each) => taskHeading(each) !== null);
  if (!heading) {
    const message = 'This is no task: it has no heading "### Task 1: Title".';
    return { task: null, lines: new Map(), findings: [errorFinding('not_a_task', null, message)] };
  }
  const findings = strayLines(outline, heading.line);
  if (second) {
    const message = `"${second.text}" is another task. Edit one at a time.`;
    findings.push(errorFinding('task_double', second.line, message));
  }
  const range = { first: heading.lastLine + 1, last: outline.lines.length };
  const read = readTask(outline, heading, () => range, { defaultReview, findings });
  const fields = read === null ? [] : [...read.section.fields];
  return {
    task: read === null ? null : read.task,
    lines: new Map(fields.map(([name, { line }]) => [name, line])),
    findings: sortFindings(findings),
  };
}

/** What stands above the task would be lost without a word. */
function strayLines({ lines, verbatim }: Outline, headingLine: number): Finding[] {
  const isComment = (line: number): boolean =>
    verbatim.some((block) => block.kind === 'html' && block.line <= line && line <= block.lastLine);
  const stray = lines
    .slice(0, headingLine - 1)
    .findIndex((text, index) => text.trim() !== '' && !isComment(index + 1));
  if (stray === -1) return [];
  return [errorFinding('text_above', stray + 1, 'This stands above the task. Write it below its fields.')];
}
