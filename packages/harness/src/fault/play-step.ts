import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { until } from '../sandbox/until.ts';
import type { FaultStep, Target } from '../scenario/fault.ts';
import { findTargets } from './find-targets.ts';

/** How long a process that is to be hit may take to come. */
const TARGET_TIMEOUT_MS = 20_000;

/** A command of Tina's that a scenario played as its operator. */
export interface PlayedCommand {
  readonly args: readonly string[];
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StepContext {
  readonly sandbox: Sandbox;
  /** What `{run}`, `{feature}` and `{design}` stand for. */
  readonly names: Readonly<Record<string, string>>;
}

/** What came of a step: the command that it was, and what was not as the scenario says. */
export interface StepOutcome {
  readonly command: PlayedCommand | null;
  readonly problem: string | null;
}

const DONE: StepOutcome = { command: null, problem: null };

/** Does one thing of a fault, with means that everybody has: signals, git, files, commands. */
export async function playStep(step: FaultStep, context: StepContext): Promise<StepOutcome> {
  const { sandbox } = context;
  switch (step.kind) {
    case 'kill':
      await hit(sandbox, step.target, 'SIGKILL');
      return DONE;
    case 'freeze':
      return freeze(sandbox, step.target, step.forMs);
    case 'sleep':
      await sleep(step.forMs);
      return DONE;
    case 'release':
      await sandbox.release(step.point);
      return DONE;
    case 'tina':
      return playCommand(step, context);
    case 'git':
      await sandbox.git(...step.args.map((arg) => fill(arg, context.names)));
      return DONE;
    case 'commit':
      await writeAll(sandbox, step.files);
      await sandbox.git('add', '--', ...step.files.keys());
      await sandbox.git('commit', '--quiet', '--message', step.message);
      return DONE;
    case 'write':
      await writeAll(sandbox, step.files);
      return DONE;
    case 'delete':
      await rm(join(sandbox.repository, step.path), { recursive: true });
      return DONE;
    default:
      return step satisfies never;
  }
}

async function writeAll(sandbox: Sandbox, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of files) await sandbox.write(path, text);
}

/** Sends a signal; where there is no such process at this moment, to the next one that comes. */
async function hit(
  sandbox: Sandbox,
  target: Target,
  signal: 'SIGKILL' | 'SIGSTOP',
): Promise<readonly number[]> {
  let pids: readonly number[] = [];
  await until(
    `there is ${target} to hit`,
    async () => {
      pids = (await findTargets(sandbox, target)).filter((pid) => send(pid, signal));
      return pids.length > 0;
    },
    TARGET_TIMEOUT_MS,
  );
  return pids;
}

async function freeze(sandbox: Sandbox, target: Target, forMs: number): Promise<StepOutcome> {
  const pids = await hit(sandbox, target, 'SIGSTOP');
  try {
    await sleep(forMs);
  } finally {
    for (const pid of pids) send(pid, 'SIGCONT');
  }
  return DONE;
}

/** False when the process has ended meanwhile. */
function send(pid: number, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

async function playCommand(
  step: Extract<FaultStep, { kind: 'tina' }>,
  { sandbox, names }: StepContext,
): Promise<StepOutcome> {
  const gate = step.args.some((arg) => arg.includes('{gate}'))
    ? await openGate(sandbox, names['run'] ?? '')
    : '';
  const args = step.args.map((arg) => fill(arg, { ...names, gate }));
  const outcome = await sandbox.tina(...args);
  const wanted = { ...step, says: step.says.map((text) => fill(text, names)) };
  return { command: { args, ...outcome }, problem: problemOf(wanted, args, outcome) };
}

async function openGate(sandbox: Sandbox, run: string): Promise<string> {
  const { gates } = await sandbox.json<{ readonly gates: readonly { readonly id: string }[] }>('status', run);
  return gates[0]?.id ?? 'no-gate-is-open';
}

function problemOf(
  { exit, error, says }: Extract<FaultStep, { kind: 'tina' }>,
  args: readonly string[],
  { code, stdout, stderr }: Omit<PlayedCommand, 'args'>,
): string | null {
  const shown = `tina ${args.join(' ')}`;
  const output = `${stdout}${stderr}`;
  if (code !== exit) return `${shown} ended with ${code}, not ${exit}: ${output.trim().split('\n')[0] ?? ''}`;
  if (error !== null && errorCode(stderr) !== error)
    return `${shown} was refused with ${errorCode(stderr) ?? 'no code'}, not ${error}`;
  const missing = says.find((text) => !output.includes(text));
  return missing === undefined ? null : `${shown} did not say ${JSON.stringify(missing)}`;
}

/** The code of an error as `--json` prints it; null when there is none. */
export function errorCode(stderr: string): string | null {
  return /"error":\{"code":"([^"]+)"/.exec(stderr)?.[1] ?? null;
}

function fill(text: string, names: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => names[name] ?? whole);
}
