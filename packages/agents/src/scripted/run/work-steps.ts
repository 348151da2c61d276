import { appendFile, chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StepOf } from '../script/steps.ts';
import { commitAll, git } from './git.ts';
import { runProgram } from './run-program.ts';
import { StepFailure, type Stage } from './stage.ts';
import { expand } from './variables.ts';

export async function writeStep(step: StepOf<'write'>, stage: Stage): Promise<void> {
  const path = await writeInWorktree(
    step.path,
    step.content ?? step.append ?? '',
    stage,
    step.content === null,
  );
  if (step.executable !== null) await chmod(path, step.executable ? 0o755 : 0o644);
}

export async function deleteStep(step: StepOf<'delete'>, stage: Stage): Promise<void> {
  const path = await expand(step.path, stage);
  await rm(join(stage.worktree, path), { recursive: true }).catch((cause: unknown) => {
    throw new StepFailure(`delete: ${path} could not be deleted: ${String(cause)}`);
  });
}

export async function commitStep(step: StepOf<'commit'>, stage: Stage): Promise<void> {
  const paths = await Promise.all((step.paths ?? []).map((path) => expand(path, stage)));
  await commitAll(stage, await expand(step.message, stage), paths);
}

/** Settles a merge that was left with conflicts, and commits it. */
export async function resolveStep(step: StepOf<'resolve'>, stage: Stage): Promise<void> {
  if (step.take !== null) {
    const conflicts = await git(stage, ['diff', '--name-only', '--diff-filter=U', '-z']);
    for (const path of conflicts.split('\0').filter((one) => one !== '')) await take(step.take, path, stage);
  }
  for (const { path, content } of step.files ?? []) await writeInWorktree(path, content, stage);
  await commitAll(stage, await expand(step.message ?? 'Resolve the conflict', stage));
}

export async function runStep(step: StepOf<'run'>, stage: Stage): Promise<void> {
  const command = await expand(step.command, stage);
  const callId = `run-${step.line}`;
  await stage.emit({ type: 'tool-started', callId, name: 'run', summary: command });
  const { exitCode, output } = await runProgram({
    program: 'sh',
    args: ['-c', command],
    directory: stage.worktree,
    env: stage.env,
  });
  const isError = exitCode !== 0;
  const summary = `exit code ${exitCode}${output === '' ? '' : `\n${output.trimEnd()}`}`;
  await stage.emit({ type: 'tool-ended', callId, isError, summary });
  if (isError && step.mayFail !== true) throw new StepFailure(`run: ${command}: ${summary}`);
}

/** Writes to somebody by Tina's own command, as any agent would. */
export async function sendStep(step: StepOf<'send'>, stage: Stage): Promise<void> {
  const to = await expand(step.to ?? 'operator', stage);
  const text = await expand(step.text, stage);
  const { exitCode, output } = await runProgram({
    program: 'tina',
    args: ['say', to, text],
    directory: stage.worktree,
    env: stage.env,
  });
  if (exitCode !== 0)
    throw new StepFailure(`send: tina say ${to}: exit code ${exitCode}\n${output.trimEnd()}`);
  await stage.emit({ type: 'text', text: `sends to ${to}: ${text}\n` });
}

/** Writes and commits what another task changes too. */
export async function conflictStep(step: StepOf<'conflict'>, stage: Stage): Promise<void> {
  await writeInWorktree(step.path, step.content, stage);
  const path = await expand(step.path, stage);
  await commitAll(stage, `Change ${path}`, [path]);
}

/** Writes and commits a file that is not the task's, past the hook that would refuse it. */
export async function outOfScopeStep(step: StepOf<'out-of-scope'>, stage: Stage): Promise<void> {
  await writeInWorktree(step.path, step.content ?? 'Not among the files of this task.\n', stage);
  const path = await expand(step.path, stage);
  await git(stage, ['add', '-A', '--', path]);
  await git(stage, ['commit', '-q', '--no-verify', '-m', `Change ${path}`, '--', path]);
}

export async function dirtyStep(step: StepOf<'dirty'>, stage: Stage): Promise<void> {
  await writeInWorktree(step.path ?? 'left-behind.txt', step.content ?? 'Never committed.\n', stage);
}

async function writeInWorktree(
  path: string,
  content: string,
  stage: Stage,
  appends = false,
): Promise<string> {
  const target = join(stage.worktree, await expand(path, stage));
  const expanded = await expand(content, stage);
  await mkdir(dirname(target), { recursive: true });
  await (appends ? appendFile(target, expanded) : writeFile(target, expanded));
  return target;
}

async function take(side: 'ours' | 'theirs' | 'both', path: string, stage: Stage): Promise<void> {
  if (side !== 'both') {
    await git(stage, ['checkout', `--${side}`, '--', path]);
    return;
  }
  const target = join(stage.worktree, path);
  const lines = (await readFile(target, 'utf8')).split('\n');
  await writeFile(target, lines.filter((line) => !/^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/.test(line)).join('\n'));
}
