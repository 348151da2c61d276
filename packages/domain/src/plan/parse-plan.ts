import type { Finding } from '../design/design.ts';
import { errorFinding, sortFindings } from '../design/finding.ts';
import { collectFields, type FieldLabels } from '../markdown/fields.ts';
import {
  readOutline,
  sectionBelow,
  type Heading,
  type LineRange,
  type Outline,
} from '../markdown/outline.ts';
import { fieldReader } from './field-reader.ts';
import { readBudget, readCommit } from './field-values.ts';
import type { Plan, PlanTask, ReviewMode } from './plan.ts';
import { readTask, taskHeading } from './read-task.ts';

/** A plan as read. It can be used only when none of its findings is an error and `lintPlan` finds none. */
export type ParsedPlan =
  | { readonly plan: Plan; readonly source: PlanSource; readonly findings: readonly Finding[] }
  /** The text is no plan at all: it has neither a title nor a task. */
  | { readonly plan: null; readonly source: null; readonly findings: readonly Finding[] };

/** What a plan's document says beside the plan itself; the lint needs it. */
export interface PlanSource {
  /** The phase in the heading `# Phase 1.5 plan: Title`; null when the heading has another form. */
  readonly phase: string | null;
  /** Where these stand; null where they are missing. */
  readonly titleLine: number | null;
  readonly baselineCommitLine: number | null;
  readonly complexityBudgetLine: number | null;
}

const HEADER_LABELS: FieldLabels = new Map([
  ['baseline commit', { name: 'Baseline commit', reach: 'line' }],
  ['complexity budget', { name: 'Complexity budget', reach: 'line' }],
]);

const PHASE_TITLE = /^phase (?<phase>\d+(?:\.\d+)*) plan(?: ?[:–—-] ?(?<title>.*))?$/i;

/**
 * Reads a plan of the form that docs/plan-format.md describes. What cannot be read is a finding with its line; whether
 * the plan makes sense is left to `lintPlan`. A task without a Review field gets `defaultReview`.
 */
export function parsePlan(markdown: string, defaultReview: ReviewMode): ParsedPlan {
  const outline = readOutline(markdown);
  const title = outline.headings.find((heading) => heading.depth === 1 && !taskHeading(heading));
  const firstTask = outline.headings.find((heading) => taskHeading(heading));
  if (!title && !firstTask) {
    const message =
      'This is no plan: it has neither a heading "# Phase 1 plan: Title" nor a "### Task 1: Title".';
    return { plan: null, source: null, findings: [errorFinding('not_a_plan', null, message)] };
  }
  const findings: Finding[] = [];
  const header = collectFields(outline, headerRange(outline, title, firstTask), HEADER_LABELS);
  const read = fieldReader(header, findings);
  const heading = readTitle(title);
  const plan = {
    title: heading.title,
    baselineCommit: read('Baseline commit', readCommit, null),
    complexityBudget: read('Complexity budget', readBudget, { tasks: null, files: null, lines: null }),
    tasks: readTasks(outline, defaultReview, findings),
  };
  const source = {
    phase: heading.phase,
    titleLine: title?.line ?? null,
    baselineCommitLine: header.fields.get('Baseline commit')?.line ?? null,
    complexityBudgetLine: header.fields.get('Complexity budget')?.line ?? null,
  };
  return { plan, source, findings: sortFindings(findings) };
}

function headerRange(
  outline: Outline,
  title: Heading | undefined,
  firstTask: Heading | undefined,
): LineRange {
  return {
    first: title ? title.lastLine + 1 : 1,
    last: firstTask ? firstTask.line - 1 : outline.lines.length,
  };
}

function readTitle(heading: Heading | undefined): { phase: string | null; title: string } {
  const match = PHASE_TITLE.exec(heading?.text ?? '');
  if (!match) return { phase: null, title: heading?.text ?? '' };
  const { phase, title } = match.groups as { phase: string; title?: string };
  return { phase, title: title ?? '' };
}

function readTasks(outline: Outline, defaultReview: ReviewMode, findings: Finding[]): PlanTask[] {
  const tasks: PlanTask[] = [];
  for (const heading of outline.headings) {
    const ends = (next: Heading): boolean => next.depth <= heading.depth || taskHeading(next) !== null;
    const rangeOf = (): LineRange => sectionBelow(outline, heading, ends);
    const read = readTask(outline, heading, rangeOf, { defaultReview, findings });
    if (read !== null) tasks.push(read.task);
  }
  return tasks;
}
