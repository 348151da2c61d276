import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AgentDefinition, Launch, LaunchSubject } from '@tina/contract';

export interface LaunchChanges extends Partial<Omit<Launch, 'subject' | 'agent'>> {
  readonly subject?: Partial<LaunchSubject>;
}

/** A launch below `folder`, with a real repository as its worktree. */
export function makeLaunch(folder: string, agent: AgentDefinition, changes: LaunchChanges = {}): Launch {
  const worktree = join(folder, 'worktree');
  const directory = join(folder, 'attempt');
  makeRepository(worktree);
  mkdirSync(join(directory, 'out'), { recursive: true });
  const { subject, ...others } = changes;
  return {
    runId: 'r1',
    attemptId: 'r1-a1',
    epoch: 1,
    homeId: 'test',
    socketPath: join(folder, 'daemon.sock'),
    token: 'token-of-this-attempt',
    role: 'implementer',
    subject: {
      feature: 'sample',
      taskName: 'phase-1-task-1',
      phase: '1',
      planTask: 1,
      attempt: 1,
      roleAttempt: 1,
      openFindings: [],
      ...subject,
    },
    agentName: 'test agent',
    agent,
    agentVersion: '1.2.3',
    model: 'haiku',
    prompt: 'Do it.',
    worktree,
    branch: 'tina-attempt/r1-a1',
    session: null,
    directory,
    env: { PATH: searchPath(), TINA_ATTEMPT: 'r1-a1', HOME: folder },
    access: 'write',
    mcp: null,
    limits: { idleWarningMs: 60_000, idleStopMs: 60_000, turnMs: 60_000 },
    daemonStart: null,
    ...others,
  };
}

/** Node of this test first, wherever it comes from. */
export function searchPath(): string {
  return `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
}

function makeRepository(worktree: string): void {
  mkdirSync(worktree, { recursive: true });
  const git = (...args: string[]): unknown => execFileSync('git', args, { cwd: worktree, stdio: 'pipe' });
  const identity = [
    '-c',
    'user.name=Test',
    '-c',
    'user.email=test@example.invalid',
    '-c',
    'commit.gpgsign=false',
  ];
  git('init', '-q', '-b', 'tina-attempt/r1-a1');
  git(...identity, 'commit', '-q', '--allow-empty', '-m', 'Begin');
}
