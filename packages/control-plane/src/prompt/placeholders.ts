import type { Role } from '@tina/domain';
import { reportInstructions } from './report-instructions.ts';
import { fillTemplate, placeholdersOf } from './template.ts';
import { toolList } from './tool-list.ts';

/** What stands where a prompt names something of its task. */
const MEANINGS: Readonly<Record<string, string>> = {
  runId: 'the id of the run',
  feature: 'what the design is called',
  branch: "the run's branch",
  tip: 'the commit that the work begins at',
  phase: 'the number of the phase, such as 1 or 1.5',
  design: 'the whole text of the design',
  phaseText: "the phase's section of the design",
  plan: 'the accepted plan of the phase, with the tasks that a person edited',
  taskName: 'such as phase-1-task-2',
  taskTitle: 'the title that the plan gives the task',
  body: 'what the plan says to do',
  acceptance: 'what must hold when the task is done, a line each',
  files: 'all that commits of the task may change',
  attemptBranch: "the attempt's own branch",
  startCommit: 'the commit that the attempt begins at',
  mergeCommit: 'the commit that is merged in',
  conflictFiles: 'the files in conflict',
  range: 'the commits to look at, as a git range',
  models: 'the models that a plan may name',
  tags: 'the field of tags, where some are routed',
  maxTasks: 'how many tasks a plan may have',
  maxLines: 'how many lines a plan may grant each of its tasks',
  scope: 'what the commit of a resolver may change',
  checks: 'the checks that Tina runs, or their results',
  baseline: 'the results of the checks on the base commit; left out when there are none',
  architecture: "the design's architectural context; left out when it has none",
  metrics: 'how the design measures success; left out when it does not say',
  remediation: 'the gaps that a remediation phase closes; left out in other phases',
  findings: 'open findings that concern the role; left out when there are none',
  gateComment: 'what a person wants of the next plan; left out before that',
  predecessor: 'what became of the attempt before; left out for the first',
};

export interface Skeleton {
  readonly text: string;
  readonly placeholders: Readonly<Record<string, string>>;
}

/** A role's prompt without a task: what is the same in all of them, and what each placeholder stands for. */
export function promptSkeleton(role: Role): Skeleton {
  const used = placeholdersOf(role).filter((name) => Object.hasOwn(MEANINGS, name));
  const values = Object.fromEntries(used.map((name) => [name, `<${name}>`]));
  const fixed = { tools: toolList(role), report: reportInstructions(role, null) };
  return {
    text: fillTemplate(role, { ...values, ...fixed }),
    placeholders: Object.fromEntries(used.map((name) => [`<${name}>`, MEANINGS[name] ?? ''])),
  };
}
