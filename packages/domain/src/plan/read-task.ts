import type { Finding } from '../design/design.ts';
import { errorFinding } from '../design/finding.ts';
import { collectFields, type FieldLabels, type FieldsOfSection } from '../markdown/fields.ts';
import { numberedHeading } from '../markdown/numbered-heading.ts';
import type { Heading, LineRange, Outline } from '../markdown/outline.ts';
import { fieldReader } from './field-reader.ts';
import { type Read, readDependsOn, readFiles, readModel, readReview, readTags } from './field-values.ts';
import type { PlanTask, ReviewMode } from './plan.ts';

const TASK_LABELS: FieldLabels = new Map([
  ['model', { name: 'Model', reach: 'line' }],
  ['tags', { name: 'Tags', reach: 'line' }],
  ['files', { name: 'Files', reach: 'list' }],
  ['depends on', { name: 'Depends on', reach: 'line' }],
  ['dependencies', { name: 'Depends on', reach: 'line' }],
  ['review', { name: 'Review', reach: 'line' }],
  ['acceptance', { name: 'Acceptance', reach: 'list' }],
  ['acceptance criteria', { name: 'Acceptance', reach: 'list' }],
]);

/** A task of a plan, with the fields that it was read from. */
export interface ReadTask {
  readonly task: PlanTask;
  readonly section: FieldsOfSection;
}

/** Whether a heading begins a task, and which; null when it begins none. */
export function taskHeading(heading: Heading): ReturnType<typeof numberedHeading> {
  return numberedHeading(heading.text, 'task');
}

/**
 * The task that a heading begins, from the lines that `rangeOf` says are its section; null when the heading has no number,
 * or is no task's. What cannot be read is added to the findings.
 */
export function readTask(
  outline: Outline,
  heading: Heading,
  rangeOf: () => LineRange,
  { defaultReview, findings }: { readonly defaultReview: ReviewMode; readonly findings: Finding[] },
): ReadTask | null {
  const numbered = taskHeading(heading);
  if (numbered?.kind === 'malformed') {
    const message = `"${heading.text}" has no whole number from 1. Write the number in digits, such as "### Task 2: Title".`;
    findings.push(errorFinding('task_not_a_number', heading.line, message));
  }
  if (numbered?.kind !== 'numbered') return null;
  const section = collectFields(outline, rangeOf(), TASK_LABELS);
  const read = fieldReader(section, findings);
  const tags = read('Tags', readTags, []);
  const task = {
    number: numbered.number,
    title: numbered.title ?? '',
    line: heading.line,
    model: read('Model', readModel, null),
    ...(tags.length === 0 ? {} : { tags }),
    files: read('Files', readFiles, []),
    dependsOn: read('Depends on', readDependsOn, []),
    review: read('Review', readReview, defaultReview),
    acceptance: read('Acceptance', readAcceptance, []),
    body: section.body,
  };
  return { task, section };
}

function readAcceptance(value: string, items: readonly string[]): Read<readonly string[]> {
  return { value: [value, ...items].filter((criterion) => criterion !== ''), problem: null };
}
