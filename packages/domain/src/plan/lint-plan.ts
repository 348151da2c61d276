import type { Finding } from '../design/design.ts';
import { errorFinding, sortFindings } from '../design/finding.ts';
import { patternProblem } from '../scope/path-scope.ts';
import { lintDependencies } from './lint-dependencies.ts';
import { lintOverlaps } from './lint-overlaps.ts';
import type { PlanSource } from './parse-plan.ts';
import type { Plan, PlanTask } from './plan.ts';

/** Lines that one task may come to. A reviewer who is given more overlooks things, and so does an implementer. */
export const MAX_LINES_PER_TASK = 1_000;

export interface LintContext {
  /** The phase that the plan was asked for. */
  readonly phase: string;
  /** The models that the run's agents know. When there is none, nothing is known about models and every name is taken. */
  readonly knownModels: readonly string[];
  /** The model that the operator chose for all tasks, in which case the plan's do not matter. */
  readonly modelOverride: string | null;
  /** The commit that the run's branch points at, in full. */
  readonly tip: string;
  readonly limits: { readonly maxTasks: number };
}

/** Whether a plan that could be read makes sense. Every finding is an error, and all are reported at once. */
export function lintPlan(
  parsed: { readonly plan: Plan; readonly source: PlanSource },
  context: LintContext,
): Finding[] {
  const { plan, source } = parsed;
  return sortFindings([
    ...lintTitle(plan, source, context),
    ...lintBaselineCommit(plan, source, context),
    ...lintSize(plan, source, context),
    ...lintNumbers(plan.tasks),
    ...plan.tasks.flatMap((task) => lintTask(task, context)),
    ...lintDependencies(plan.tasks),
    // Pair by pair: not for a plan that is refused for its length anyway.
    ...(plan.tasks.length > context.limits.maxTasks ? [] : lintOverlaps(plan.tasks)),
  ]);
}

function lintTitle({ title }: Plan, { phase, titleLine }: PlanSource, context: LintContext): Finding[] {
  const findings: Finding[] = [];
  if (title === '') {
    const message = `The plan has no title. Begin it with "# Phase ${context.phase} plan: Title".`;
    findings.push(errorFinding('title_missing', titleLine, message));
  }
  if (phase !== null && phase !== context.phase) {
    const message = `This is a plan for phase ${phase}; the one for phase ${context.phase} was asked for.`;
    findings.push(errorFinding('phase_mismatch', titleLine, message));
  }
  return findings;
}

function lintBaselineCommit(
  { baselineCommit }: Plan,
  { baselineCommitLine }: PlanSource,
  { tip }: LintContext,
): Finding[] {
  if (baselineCommit === null) {
    // One that stands there and cannot be read is reported by the parser.
    if (baselineCommitLine !== null) return [];
    const message = `Say which commit the plan was made for: "**Baseline commit:** ${tip}".`;
    return [errorFinding('baseline_missing', null, message)];
  }
  if (tip.startsWith(baselineCommit)) return [];
  const message = `The plan was made for ${baselineCommit}; the branch is at ${tip}. Look at that commit and plan for it.`;
  return [errorFinding('baseline_stale', baselineCommitLine, message)];
}

function lintSize(
  { tasks, complexityBudget }: Plan,
  { complexityBudgetLine }: PlanSource,
  { limits }: LintContext,
): Finding[] {
  if (tasks.length === 0)
    return [errorFinding('no_tasks', null, 'The plan has no task. Write at least one "### Task 1: Title".')];
  const findings: Finding[] = [];
  if (tasks.length > limits.maxTasks) {
    const message = `The plan has ${tasks.length} tasks; at most ${limits.maxTasks} are allowed. Join or leave out some.`;
    findings.push(errorFinding('too_many_tasks', null, message));
  }
  const sizes = { tasks: tasks.length, files: new Set(tasks.flatMap((task) => task.files)).size };
  for (const unit of ['tasks', 'files'] as const) {
    const budget = complexityBudget[unit];
    if (budget === null || sizes[unit] <= budget) continue;
    const message = `The plan has ${sizes[unit]} ${unit}, more than the ${budget} of its own complexity budget.`;
    findings.push(errorFinding('over_budget', complexityBudgetLine, message));
  }
  return [...findings, ...lintLines(tasks.length, complexityBudget.lines, complexityBudgetLine)];
}

/** What will be written cannot be counted yet; whether the plan's own estimate can be reviewed task by task can be told. */
function lintLines(tasks: number, lines: number | null, line: number | null): Finding[] {
  if (lines === null || lines <= tasks * MAX_LINES_PER_TASK) return [];
  const message =
    `The plan budgets ${lines} lines for ${tasks === 1 ? '1 task' : `${tasks} tasks`}; more than ` +
    `${MAX_LINES_PER_TASK} for each cannot be reviewed. Divide the work into more tasks, or leave some of it to a later phase.`;
  return [errorFinding('too_large', line, message)];
}

function lintNumbers(tasks: readonly PlanTask[]): Finding[] {
  const findings: Finding[] = [];
  const lineByNumber = new Map<number, number>();
  let expected = 1;
  for (const { number, line } of tasks) {
    const firstLine = lineByNumber.get(number);
    if (firstLine !== undefined) {
      const message = `There is a Task ${number} already, on line ${firstLine}. Give each task a number of its own.`;
      findings.push(errorFinding('task_double', line, message));
      continue;
    }
    lineByNumber.set(number, line);
    if (number !== expected) {
      const message = `Task ${number} stands where Task ${expected} is expected. Number the tasks from 1, in order, without gaps.`;
      findings.push(errorFinding('task_order', line, message));
    }
    expected = number + 1;
  }
  return findings;
}

/** What is wrong with a task by itself: its title, model, files and acceptance criteria. */
export function lintTask(
  task: PlanTask,
  context: Pick<LintContext, 'knownModels' | 'modelOverride'>,
): Finding[] {
  const findings: Finding[] = [];
  const add = (code: string, message: string) =>
    findings.push(errorFinding(code, task.line, `Task ${task.number} ${message}`));
  if (task.title === '') add('task_title_missing', `has no title. Write "### Task ${task.number}: Title".`);
  const model = lintModel(task.model, context);
  if (model) add(model.code, model.message);
  if (task.files.length === 0)
    add('files_missing', 'names no files. List the paths it may change: "**Files:** `src/a.ts`".');
  for (const pattern of task.files) {
    const problem = patternProblem(pattern);
    if (problem !== null) add('unsafe_path', `names "${pattern}", which ${problem}.`);
  }
  if (task.acceptance.length === 0)
    add('acceptance_missing', 'has no acceptance criteria. List below "**Acceptance:**" what must hold.');
  return findings;
}

function lintModel(
  model: string | null,
  { knownModels, modelOverride }: Pick<LintContext, 'knownModels' | 'modelOverride'>,
): { code: string; message: string } | null {
  if (modelOverride !== null) return null;
  const choice = knownModels.length > 0 ? ` Choose one of: ${knownModels.join(', ')}.` : '';
  if (model === null)
    return { code: 'model_missing', message: `names no model: write "**Model:** name".${choice}` };
  if (knownModels.length === 0 || knownModels.includes(model)) return null;
  return { code: 'model_unknown', message: `names the model "${model}", which is not known.${choice}` };
}
