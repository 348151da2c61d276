import type { Step, StepKind, StepOf } from '../script/steps.ts';
import { errorStep } from './error-step.ts';
import { goodReport } from './good-report.ts';
import { crashStep, floodStep, garbageStep, spawnStep } from './misbehaving-steps.ts';
import { lieStep, planStep, reportStep, wrongFormStep } from './report-steps.ts';
import { finalReport, type Stage, type StepOutcome } from './stage.ts';
import { hangStep, sleepStep, touchStep, waitForStep } from './time-steps.ts';
import { expand } from './variables.ts';
import {
  conflictStep,
  outOfScopeStep,
  commitStep,
  deleteStep,
  dirtyStep,
  resolveStep,
  runStep,
  sendStep,
  writeStep,
} from './work-steps.ts';

type Player<Kind extends StepKind> = (step: StepOf<Kind>, stage: Stage) => Promise<StepOutcome | void>;

const PLAYERS: { readonly [Kind in StepKind]: Player<Kind> } = {
  write: writeStep,
  delete: deleteStep,
  commit: commitStep,
  resolve: resolveStep,
  run: runStep,

  say: async ({ text }, stage) => await stage.emit({ type: 'text', text: `${await expand(text, stage)}\n` }),
  send: sendStep,
  progress: async ({ message }, stage) =>
    await stage.emit({ type: 'progress', message: await expand(message, stage) }),
  usage: async ({ kind: _kind, line: _line, ...usage }, stage) => await stage.emit({ type: 'usage', usage }),
  plan: planStep,
  report: reportStep,

  sleep: sleepStep,
  'wait-for': waitForStep,
  touch: touchStep,

  crash: crashStep,
  exit: async () => await Promise.resolve({ kind: 'exit', exitCode: 0 }),
  hang: hangStep,
  garbage: garbageStep,
  'stdout-flood': floodStep,
  'wrong-form': async (step) => await Promise.resolve(wrongFormStep(step)),
  nothing: async (_step, stage) => await Promise.resolve(finalReport(goodReport(stage.context))),
  dirty: dirtyStep,
  'out-of-scope': outOfScopeStep,
  conflict: conflictStep,
  lie: lieStep,
  limit: errorStep,
  overload: errorStep,
  network: errorStep,
  authentication: errorStep,
  refusal: errorStep,
  spawn: spawnStep,
};

/** Does one step. Steps that end the turn, or the agent, say how; after all others comes the next. */
export async function playStep(step: Step, stage: Stage): Promise<StepOutcome> {
  // The table gives each kind its own player; TypeScript cannot follow that through a union.
  const play = PLAYERS[step.kind] as (step: Step, stage: Stage) => Promise<StepOutcome | void>;
  return (await play(step, stage)) ?? null;
}
