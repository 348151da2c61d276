import type { PlanTask, PlanTaskFields } from '../../plan/plan.ts';

/** What an operator wants of a task that has not begun; what is left out stays as it is. */
export type TaskEdit = { readonly [Field in keyof PlanTaskFields]?: PlanTaskFields[Field] };

/** What an edit changed, field by field. */
export type TaskChanges = {
  readonly [Field in keyof PlanTaskFields]?: {
    readonly from: PlanTaskFields[Field];
    readonly to: PlanTaskFields[Field];
  };
};

const FIELDS: readonly (keyof PlanTaskFields)[] = [
  'title',
  'model',
  'tags',
  'files',
  'dependsOn',
  'review',
  'acceptance',
  'body',
];

/** What is different; empty when nothing is. */
export function changesBetween(before: PlanTask, after: PlanTask): TaskChanges {
  const from = fieldsOf(before);
  const to = fieldsOf(after);
  const changed = FIELDS.filter((field) => JSON.stringify(from[field]) !== JSON.stringify(to[field]));
  return Object.fromEntries(changed.map((field) => [field, { from: from[field], to: to[field] }]));
}

function fieldsOf(task: PlanTask): PlanTaskFields {
  return { ...task, tags: task.tags ?? [] };
}

/** The task after the changes. */
export function withChanges(spec: PlanTask, changes: TaskChanges): PlanTask {
  const values = Object.entries(changes).map(([field, { to }]) => [field, to] as const);
  return { ...spec, ...(Object.fromEntries(values) as Partial<PlanTask>) };
}
