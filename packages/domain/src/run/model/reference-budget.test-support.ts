import {
  mainOf,
  type RefAttempt,
  type RefGate,
  type RefRun,
  type RefTask,
} from './reference-run.test-support.ts';

/** Turns are all that the model counts: what else a budget limits stops in the same way. */
type Scope = readonly [kind: 'attempt' | 'phase' | 'run', key: string, attempts: readonly RefAttempt[]];

/** The budget that is used up for a task, or for one attempt of it; null when all of them have some left. */
export function metBudget(run: RefRun, task: RefTask, attempt: RefAttempt | null): string | null {
  for (const [kind, key, attempts] of scopesOf(run, task, attempt)) {
    const limit = run.rules.turns?.[kind] ?? null;
    if (limit !== null && sum(attempts) >= limit + (run.raised.get(key) ?? 0)) return key;
  }
  return null;
}

function scopesOf(run: RefRun, task: RefTask, attempt: RefAttempt | null): readonly Scope[] {
  const main = mainOf(task);
  const ofPhase = run.attempts.filter((each) => mainOf(each.task) === main);
  return [
    ...(attempt ? [['attempt', `attempt ${task.name}`, [attempt]] as const] : []),
    ...(main === '' ? [] : [['phase', `phase ${main}`, ofPhase] as const]),
    ['run', 'run', run.attempts],
  ];
}

function sum(attempts: readonly RefAttempt[]): number {
  return attempts.reduce((total, { turns }) => total + turns, 0);
}

/** The gate of a budget, which all wait for that it keeps. */
export function askForBudget(run: RefRun, scope: string, task: RefTask, who: RefTask | RefAttempt): RefGate {
  let gate = run.gates.find((each) => each.status === 'open' && each.scope === scope);
  if (!gate) {
    const count = run.gates.filter((each) => each.task === task).length;
    const key = `${task.name}#${count + 1}`;
    gate = { key, task, kind: 'budget', status: 'open', scope, waiting: new Set() };
    run.gates.push(gate);
  }
  gate.waiting.add(who);
  return gate;
}

/** More of it, as often as it takes to go on; or no more. Whoever waited looks again. */
export function answerBudget(run: RefRun, gate: RefGate): void {
  const scope = gate.scope ?? '';
  if (gate.status === 'rejected') run.refused.add(scope);
  else {
    run.refused.delete(scope);
    const kind = scope.split(' ')[0] as Scope[0];
    const base = run.rules.turns?.[kind] ?? 1;
    let raised = run.raised.get(scope) ?? 0;
    const used = usedOf(run, gate);
    do raised += base;
    while (base + raised <= used);
    run.raised.set(scope, raised);
  }
  for (const who of gate.waiting) {
    if ('role' in who) who.gate = null;
    else who.waits = null;
  }
  gate.waiting.clear();
}

function usedOf(run: RefRun, { scope, task, waiting }: RefGate): number {
  const held = [...waiting].find((who): who is RefAttempt => 'role' in who);
  const attempt = held ?? task.here.at(-1) ?? null;
  const found = scopesOf(run, task, attempt).find(([, key]) => key === scope);
  return found ? sum(found[2]) : 0;
}

/** Whoever tries a task again may be asked again. */
export function askAnew(run: RefRun, task: RefTask): void {
  for (const key of [`attempt ${task.name}`, `phase ${mainOf(task)}`, 'run']) run.refused.delete(key);
}
