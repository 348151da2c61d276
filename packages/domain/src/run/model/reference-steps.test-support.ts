import type { Role } from '../../policy/role.ts';
import { askForBudget, metBudget } from './reference-budget.test-support.ts';
import { newAttempt } from './reference-attempt.test-support.ts';
import {
  addPhase,
  addTask,
  block,
  enter,
  hasPlace,
  isOver,
  mainOf,
  newJob,
  type RefAttempt,
  type RefRun,
  type RefTask,
  STEP_OF_CHOICE,
  taskNamed,
} from './reference-run.test-support.ts';

/** False when nothing can be done at the step now. */
export type Step = (run: RefRun, task: RefTask) => boolean;

/** A step of one attempt after the other, until one succeeds or the retries are spent. */
function byAgent(role: Role, onSuccess: (run: RefRun, task: RefTask, word: string | null) => boolean): Step {
  return (run, task) => {
    if (run.attempts.some((attempt) => attempt.task === task && !attempt.isSettled)) return false;
    const last = task.here.at(-1);
    if (last?.status === 'succeeded') return onSuccess(run, task, last.word);
    if (last && task.answered !== last) return answer(run, task, last);
    if (run.control !== 'active') return false;
    if (hold(run, task, null)) return true;
    if (!hasPlace(run)) return false;
    const attempt = newAttempt(run, task, role);
    task.here.push(attempt);
    task.waits = { on: 'attempt', attempt };
    return true;
  };
}

const AT_ONCE: readonly string[] = ['authentication', 'setup_failed', 'overload', 'network'];

/** What a budget keeps from starting waits for a person, or is blocked when there is no more. */
function hold(run: RefRun, task: RefTask, attempt: RefAttempt | null): boolean {
  const met = metBudget(run, task, attempt);
  if (met === null) return false;
  if (run.refused.has(met)) return block(task, 'budget_spent');
  task.waits = { on: 'gate', gate: askForBudget(run, met, task, task) };
  return true;
}

/** A bad end: tried again at once, after a wait, or not at all. */
function answer(run: RefRun, task: RefTask, attempt: RefAttempt): boolean {
  const { tries } = task;
  const { status, failure } = attempt;
  if (failure !== null && AT_ONCE.includes(failure)) return block(task, failure);
  if (failure === 'budget') {
    if (run.control !== 'active') return false;
    if (!hold(run, task, attempt)) task.answered = attempt;
    return true;
  }
  if (status === 'lost' && tries.lost >= 5) return block(task, 'lost_too_often');
  const kind = status === 'lost' ? 'lost' : failure === 'bad_output' ? 'output' : 'failure';
  if (status === 'failed' && tries[kind] >= 1) return block(task, 'retries_spent');
  if (status !== 'cancelled') tries[kind] += 1;
  task.answered = task.here.at(-1) ?? null;
  if (status === 'failed' && kind === 'failure') task.waits = { on: 'timer' };
  return true;
}

/** A step that a job does; `go` says what a result other than a failure leads to. */
function byJob(kind: string, go: Step): Step {
  return (run, task) => {
    if (task.result === 'conflict' && kind === 'integrate-base') return enter(task, 'resolve');
    if (task.result && TROUBLE[task.result]) return block(task, TROUBLE[task.result] ?? '');
    if (go(run, task)) return true;
    const needsPlace = kind === 'create-branch';
    if (run.control !== 'active' || (needsPlace && !hasPlace(run))) return false;
    task.waits = { on: 'job', job: newJob(run, kind, task) };
    return true;
  };
}

const TROUBLE: Readonly<Record<string, string>> = {
  failed: 'disk_full',
  outside: 'out_of_scope',
  dirty: 'checkout_dirty',
};

function byPerson(
  kind: 'plan' | 'review' | 'finalize',
  onAnswer: (run: RefRun, task: RefTask, isYes: boolean) => boolean,
): Step {
  return (run, task) => {
    if (task.gate) return onAnswer(run, task, task.gate.status === 'approved');
    const count = run.gates.filter((gate) => gate.task === task).length;
    const key = `${task.name}#${count + 1}`;
    task.gate = { key, task, kind, status: 'open', scope: null, waiting: new Set([task]) };
    run.gates.push(task.gate);
    task.waits = { on: 'gate', gate: task.gate };
    return true;
  };
}

function done(task: RefTask): true {
  Object.assign(task, { status: 'completed', waits: null });
  return true;
}

function acceptPlan(run: RefRun, task: RefTask): true {
  const parent = taskNamed(run, `execute-phase-${task.phase}`);
  const added: RefTask[] = [];
  for (const [index, planned] of run.rules.plan.entries()) {
    const after = [task, ...planned.dependsOn.flatMap((each) => added[each] ?? [])];
    const name = `phase-${task.phase}-task-${index + 1}`;
    added.push(addTask(run, 'phase-task', name, after, { phase: task.phase, parent, planned }));
  }
  return done(task);
}

/** A review of one task: gaps go back to the implementer, at most three times. */
function reviewed(task: RefTask, word: string | null, next: string): true {
  const step = task.step ?? '';
  if (word !== 'gaps') {
    task.gaps.set(step, 0);
    return enter(task, next);
  }
  task.gaps.set(step, (task.gaps.get(step) ?? 0) + 1);
  if (task.reviewRounds >= 3) return block(task, 'review_limit');
  task.reviewRounds += 1;
  return enter(task, 'implement');
}

/** One merge at a time; who began first goes first. */
function isNextToMerge(run: RefRun, task: RefTask): boolean {
  const merging = run.tasks.filter(
    ({ kind, status, step }) => kind === 'phase-task' && status === 'in_progress' && step === 'merge',
  );
  const [first] = merging.toSorted((a, b) => a.startedAt - b.startedAt);
  return first === task && merging.every(({ waits }) => waits === null);
}

const mergeWork = byJob('merge', (_, task) =>
  task.result === 'conflict' ? enter(task, 'resolve') : task.result === 'done' && done(task),
);

/** A resolver brings both sides together, and they are merged again; after three there is no fourth. */
function resolve(run: RefRun, task: RefTask): boolean {
  if (task.conflictRounds >= 3) return block(task, 'conflict_limit');
  return byAgent('resolver', () => {
    task.conflictRounds += 1;
    return enter(task, 'merge');
  })(run, task);
}

const askAboutReview = byPerson('review', (run, task, isYes) => {
  if (!isYes) run.gaps.set(mainOf(task), (run.gaps.get(mainOf(task)) ?? 0) + 1);
  return conclude(run, task);
});

/** Pass; or a remediation, at most two deep, before what comes after the phase. */
function conclude(run: RefRun, task: RefTask): true {
  const phase = task.phase ?? '';
  if ((run.gaps.get(mainOf(task)) ?? 0) === 0) return done(task);
  if (phase.split('.').length > 2) return block(task, 'remediation_limit');
  const next = run.tasks.find(({ name }) => name === `plan-phase-${Number(mainOf(task)) + 1}`);
  const remediation = `${phase}.5`;
  run.phases.splice(run.phases.indexOf(phase) + 1, 0, remediation);
  (next ?? taskNamed(run, 'finalize')).after.push(addPhase(run, remediation, task));
  return done(task);
}

const ask = byPerson('finalize', (_, task) => enter(task, STEP_OF_CHOICE[task.choice ?? 'keep']));

function choose(run: RefRun, task: RefTask): boolean {
  if (run.rules.finalize === 'ask') return ask(run, task);
  task.choice = run.rules.finalize;
  return enter(task, STEP_OF_CHOICE[task.choice]);
}

/** A base that moved meanwhile is integrated again, at most fifty times. */
function landAgain(_: RefRun, task: RefTask): boolean {
  if (task.result !== 'moved') return false;
  task.landingRounds += 1;
  return task.landingRounds < 50 ? enter(task, 'integrate') : block(task, 'base_keeps_moving');
}

/** What is done at each step of each kind of task. */
export const STEPS: Readonly<Record<string, Step>> = {
  'validate-design validate': byAgent('validator', (_, task, word) =>
    word === 'stop' ? block(task, 'validation_stopped') : done(task),
  ),
  'setup-worktree branch': byJob('create-branch', (run, task) => run.hasBranch && done(task)),
  'plan-phase plan': byAgent('planner', (run, task) =>
    run.rules.gates.plan ? enter(task, 'approve') : acceptPlan(run, task),
  ),
  'plan-phase approve': byPerson('plan', (run, task, isYes) =>
    isYes ? acceptPlan(run, task) : enter(task, 'plan'),
  ),
  'execute-phase tasks': (run, task) =>
    run.tasks.every((each) => each.parent !== task || isOver(each)) && enter(task, 'checks'),
  'execute-phase checks': (_, task) => done(task),
  'phase-task implement': byAgent('implementer', (_, task) =>
    enter(task, task.planned?.reviews[0] ?? 'merge'),
  ),
  'phase-task spec-review': byAgent('spec-reviewer', (_, task, word) =>
    reviewed(task, word, task.planned?.reviews.includes('quality-review') ? 'quality-review' : 'merge'),
  ),
  'phase-task quality-review': byAgent('quality-reviewer', (_, task, word) => reviewed(task, word, 'merge')),
  'phase-task merge': (run, task) =>
    (task.result !== null || isNextToMerge(run, task)) && mergeWork(run, task),
  'phase-task resolve': resolve,
  'review-phase checks': (_, task) => enter(task, 'review'),
  'review-phase review': byAgent('reviewer', (run, task, word) => {
    run.gaps.set(mainOf(task), word === 'gaps' ? (run.gaps.get(mainOf(task)) ?? 0) + 1 : 0);
    return enter(task, 'approve');
  }),
  'review-phase approve': (run, task) =>
    run.rules.gates.review ? askAboutReview(run, task) : conclude(run, task),
  'finalize choose': choose,
  'finalize keep': (_, task) => {
    task.isFinal = true;
    return true;
  },
  'finalize integrate': byJob('integrate-base', (_, task) => task.result === 'done' && enter(task, 'checks')),
  'finalize checks': (_, task) => enter(task, 'land'),
  'finalize land': byJob('land', landAgain),
  'finalize resolve': resolve,
  'finalize merge': byJob('merge', (_, task) =>
    task.result === 'conflict'
      ? block(task, 'branch_moved')
      : task.result === 'done' && enter(task, 'integrate'),
  ),
  'finalize pull-request': byJob('open-pull-request', () => false),
  'finalize discard': byJob('discard-branch', () => false),
};
