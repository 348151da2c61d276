import type { Finding } from '../../design/design.ts';
import { errorFinding } from '../../design/finding.ts';
import { withoutBlankEnds } from '../../markdown/outline.ts';
import type { PlanTask } from '../../plan/plan.ts';
import { parseTask, taskText } from '../../plan/task-text.ts';
import { changesBetween, type TaskEdit } from './task-edit.ts';

export type WrittenEdit =
  | { readonly ok: true; readonly edit: TaskEdit }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/**
 * An edit as a plan would say it: without spaces that mean nothing, and without doubles. What a plan cannot say, such as a
 * description with a line that would be read as a field, is refused: whoever edits the task next would lose it.
 */
export function writtenEdit(spec: PlanTask, edit: TaskEdit): WrittenEdit {
  const tidied = tidy(edit);
  const probe: PlanTask = { ...PLAIN, number: spec.number, line: 1, ...tidied };
  const { task, findings } = parseTask(taskText(probe), 'none');
  if (findings.length > 0 || task === null) return { ok: false, findings: findings.map(ofNoLine) };
  // A title is kept without the marks that Markdown gives it, like that of every plan.
  const { title, ...lost } = changesBetween(probe, task);
  const fields = Object.keys(lost);
  if (fields.length === 0) return { ok: true, edit: title ? { ...tidied, title: title.to } : tidied };
  const message = `A plan would not say it so: ${fields.join(', ')} of the task would be read as something else.`;
  return { ok: false, findings: [errorFinding('not_plan_form', null, message)] };
}

/** A task without anything that is hard to write. */
const PLAIN: Omit<PlanTask, 'number' | 'line'> = {
  title: 'Task',
  model: null,
  files: ['a'],
  dependsOn: [],
  review: 'none',
  acceptance: ['it works'],
  body: '',
};

function tidy({ title, model, tags, files, dependsOn, acceptance, body, ...rest }: TaskEdit): TaskEdit {
  return {
    ...rest,
    ...(title === undefined ? {} : { title: oneLine(title) }),
    ...(model === undefined ? {} : { model: model === null ? null : oneLine(model) }),
    ...(tags === undefined ? {} : { tags: tidyList(tags.map((tag) => tag.toLowerCase())) }),
    ...(files === undefined ? {} : { files: tidyList(files.map(withoutDot)) }),
    ...(dependsOn === undefined ? {} : { dependsOn: [...new Set(dependsOn)] }),
    ...(acceptance === undefined ? {} : { acceptance: tidyList(acceptance) }),
    ...(body === undefined ? {} : { body: withoutBlankEnds(body.replace(/\r\n?/g, '\n').split('\n')) }),
  };
}

function tidyList(items: readonly string[]): readonly string[] {
  return [...new Set(items.map(oneLine).filter((item) => item !== ''))];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function withoutDot(path: string): string {
  return path.trim().replace(/^(?:\.\/)+(?=.)/, '');
}

/** Lines of the probe mean nothing to whoever gave fields. */
function ofNoLine(finding: Finding): Finding {
  return { ...finding, line: null };
}
