import { dirname } from 'node:path';
import type { ScriptedContext, ScriptedFinal, ScriptedRecord, ScriptedRequest } from '../protocol.ts';
import { SCRIPTED_AGENT_VERSION } from '../protocol.ts';
import { ROLE_REPORTS } from '../role-reports.ts';
import { findEntry, type Script } from '../script/script.ts';
import { git } from './git.ts';
import { goodReport } from './good-report.ts';
import { playStep } from './play-step.ts';
import { finalReport, StepFailure, type Stage, type StepOutcome } from './stage.ts';

/** What the program gives the agent, so that a test can be the program. */
export interface ScriptedAgentPorts {
  readonly script: Script;
  readonly scriptPath: string;
  readonly context: ScriptedContext;
  readonly worktree: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Lines of stdin. */
  readonly requests: AsyncIterable<string>;
  write(bytes: string | Uint8Array): Promise<void>;
  writeError(text: string): void;
  ignoreSigterm(): void;
}

/** How the program is to end. */
export type ScriptedEnding =
  | { readonly kind: 'exit'; readonly exitCode: number }
  | { readonly kind: 'die'; readonly signal: NodeJS.Signals };

type Ports = ScriptedAgentPorts;

/** Plays turns as they are asked for, until stdin ends or a step ends the agent. */
export async function runScriptedAgent(ports: Ports): Promise<ScriptedEnding> {
  await emit(ports, { type: 'started', version: SCRIPTED_AGENT_VERSION });
  const baseline = remembered();
  let turn: Promise<ScriptedEnding | null> = Promise.resolve(null);
  const ended = Promise.withResolvers<ScriptedEnding>();
  const read = async (): Promise<ScriptedEnding> => {
    for await (const line of ports.requests) {
      const request = JSON.parse(line) as ScriptedRequest;
      const stage = stageOf(ports, request, baseline);
      turn = playTurn(ports, stage);
      void turn.then((ending) => ending && ended.resolve(ending), ended.reject);
    }
    return (await turn) ?? { kind: 'exit', exitCode: 0 };
  };
  return await Promise.race([read(), ended.promise]);
}

/** Null: the agent waits for the next turn. */
async function playTurn(ports: Ports, stage: Stage): Promise<ScriptedEnding | null> {
  try {
    const outcome = await playSteps(ports, stage);
    if (outcome.kind !== 'final') return outcome;
    await stage.emit({ type: 'final', ...outcome.final });
    return null;
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    ports.writeError(`${ports.scriptPath}: ${error.message}\n`);
    return { kind: 'exit', exitCode: 1 };
  }
}

async function playSteps(ports: Ports, stage: Stage): Promise<NonNullable<StepOutcome>> {
  const entry = findEntry(ports.script, { ...stage.context, turn: stage.turn });
  for (const step of entry?.steps ?? []) {
    const outcome = await playStep(step, stage);
    if (outcome !== null) return outcome;
  }
  if (entry === null && !isReadingRole(stage.context))
    return { kind: 'final', final: nothingSaid(ports, stage) };
  return finalReport(goodReport(stage.context)) as NonNullable<StepOutcome>;
}

/** Whoever only looks at work can be content without being told; work itself cannot be made up. */
function isReadingRole({ role }: ScriptedContext): boolean {
  return ROLE_REPORTS[role] === 'validation' || ROLE_REPORTS[role] === 'review';
}

function nothingSaid({ scriptPath }: Ports, { context, turn }: Stage): ScriptedFinal {
  const { role, phase, planTask, roleAttempt } = context;
  const where = [
    phase === null ? null : `phase ${phase}`,
    planTask === null ? null : `task ${planTask}`,
    `attempt ${roleAttempt}`,
    `turn ${turn}`,
  ];
  const situation = [`role ${role}`, ...where.filter((part) => part !== null)].join(', ');
  return { report: { kind: 'error', reason: `The script ${scriptPath} says nothing for ${situation}.` } };
}

function stageOf(
  ports: Ports,
  { turn, message }: ScriptedRequest,
  baseline: (find: () => Promise<string>) => Promise<string>,
): Stage {
  const stage: Stage = {
    ...ports,
    turn,
    message,
    scriptDirectory: dirname(ports.scriptPath),
    emit: (record) => emit(ports, record),
    writeRaw: (bytes) => ports.write(bytes),
    baseline: () => baseline(() => git(stage, ['rev-parse', 'HEAD'])),
  };
  if (mentionsBaseline(ports.script)) void stage.baseline().catch(() => {});
  return stage;
}

async function emit(ports: Ports, record: ScriptedRecord): Promise<void> {
  await ports.write(`${JSON.stringify(record)}\n`);
}

/** Asks once and remembers the answer, for all turns. */
function remembered(): (find: () => Promise<string>) => Promise<string> {
  let answer: Promise<string> | null = null;
  return (find) => (answer ??= find());
}

function mentionsBaseline(script: Script): boolean {
  return (
    script.entries.some(({ steps }) => steps.some(({ kind }) => kind === 'plan')) ||
    JSON.stringify(script).includes('{baseline}')
  );
}
