import type { ScriptedContext } from '../protocol.ts';
import type { StepOf } from '../script/steps.ts';

type PlanStep = StepOf<'plan'>;
type PlanTaskStep = NonNullable<PlanStep['tasks']>[number];

/**
 * A plan in the form of docs/plan-format.md. What the step leaves out gets a value that passes the lint; what it gives
 * as an empty text is left out, so that a script can play a plan that does not pass.
 */
export function planMarkdown(step: PlanStep, { phase }: ScriptedContext): string {
  const tasks = step.tasks ?? [];
  const files = new Set(tasks.flatMap((task) => task.files ?? []));
  const budget = step.budget ?? `${tasks.length} tasks, ${files.size} files, ${tasks.length * 50} lines`;
  const lines = [
    `# Phase ${phase ?? 'N'} plan: ${step.title ?? 'As scripted'}`,
    '',
    field('Baseline commit', step.baseline ?? '{baseline}'),
    field('Complexity budget', budget),
    ...tasks.flatMap(taskLines),
  ];
  return `${lines.filter((line) => line !== null).join('\n')}\n`;
}

function taskLines(task: PlanTaskStep, index: number): readonly (string | null)[] {
  const files = (task.files ?? []).filter((file) => file !== '').map((file) => `\`${file}\``);
  const acceptance = (task.acceptance ?? [`${task.title}: done`]).filter((criterion) => criterion !== '');
  const body = task.body === null || task.body === '' ? [] : ['', task.body.trimEnd()];
  return [
    '',
    `### Task ${index + 1}: ${task.title}`,
    field('Model', task.model ?? 'haiku'),
    field('Tags', (task.tags ?? []).join(', ')),
    field('Files', files.join(', ')),
    field('Depends on', (task.dependsOn ?? ['none']).join(', ')),
    field('Review', task.review ?? 'none'),
    ...(acceptance.length > 0 ? ['**Acceptance:**', ...acceptance.map((criterion) => `- ${criterion}`)] : []),
    ...body,
  ];
}

function field(name: string, value: string): string | null {
  return value === '' ? null : `**${name}:** ${value}`;
}
