import { existsSync } from 'node:fs';
import type { HomePaths } from '../../home/paths.ts';
import { notOk, type Examination } from '../examination.ts';
import type { Surroundings } from '../run-program.ts';
import { runWithLimit } from './run-with-limit.ts';

/** It answers in milliseconds. */
const ANSWER_LIMIT_MS = 3_000;

/** Whether Tina's own tmux server answers, where one is said to be. Nothing where there is none, or all is well. */
export async function examineTmuxServer(
  { tmuxSocketPath }: HomePaths,
  { env }: Surroundings,
): Promise<Examination[]> {
  if (!existsSync(tmuxSocketPath)) return [];
  const { TMUX: _, ...outside } = env;
  const command = ['tmux', '-S', tmuxSocketPath, 'list-sessions'] as const;
  const ended = await runWithLimit([...command], ANSWER_LIMIT_MS, { cwd: '/', env: outside });
  // One that is gone says so at once, and is made anew.
  if (ended.kind !== 'silent') return [];
  const found = `the server at ${tmuxSocketPath} does not answer within ${ANSWER_LIMIT_MS / 1000} s: no agent can start`;
  return [
    notOk('missing', 'tmux server', found, [
      `ps -eo pid,stat,args | grep ${tmuxSocketPath}`,
      'kill -CONT <its pid>, and when it stays silent: kill -9 <its pid>, which ends the agents in it',
    ]),
  ];
}
