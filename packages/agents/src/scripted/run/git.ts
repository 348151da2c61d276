import { runProgram } from './run-program.ts';
import { StepFailure, type Stage } from './stage.ts';

/** Commits must work where no identity is configured, and show whose they are. */
const IDENTITY = {
  GIT_AUTHOR_NAME: 'Scripted Agent',
  GIT_AUTHOR_EMAIL: 'scripted-agent@tina.invalid',
  GIT_COMMITTER_NAME: 'Scripted Agent',
  GIT_COMMITTER_EMAIL: 'scripted-agent@tina.invalid',
};

/** Runs git in the worktree and gives what it prints, trimmed. Throws a `StepFailure` when git fails. */
export async function git(stage: Stage, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, output } = await runProgram({
    program: 'git',
    // A user's signing key may ask for a passphrase that nobody types.
    args: ['-c', 'commit.gpgsign=false', ...args],
    directory: stage.worktree,
    env: { ...IDENTITY, ...stage.env },
  });
  if (exitCode === 0) return stdout.trim();
  throw new StepFailure(`git ${args.join(' ')} failed (exit code ${exitCode}): ${output.trim()}`);
}

/** Commits the paths, or everything that has changed. */
export async function commitAll(stage: Stage, message: string, paths: readonly string[] = []): Promise<void> {
  await git(stage, ['add', '-A', ...(paths.length > 0 ? ['--', ...paths] : [])]);
  await git(stage, ['commit', '-q', '-m', message, ...(paths.length > 0 ? ['--', ...paths] : [])]);
}
