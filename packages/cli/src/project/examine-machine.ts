import { isAtLeast, LEAST_GIT, LEAST_TMUX } from '@tina/contract';
import { notOk, ok, type Examination } from './examination.ts';
import { runWithLimit } from './doctor/run-with-limit.ts';
import type { Surroundings } from './run-program.ts';

const LEAST_NODE = '24.0';

/** Either says its version in milliseconds. */
const ANSWER_LIMIT_MS = 3_000;

export function examineNode(version: string): Examination {
  if (isAtLeast(version, LEAST_NODE)) return ok('node', process.execPath, version);
  return notOk('missing', 'node', process.execPath, ['install Node 24, or start Tina with bin/tina'], {
    version,
  });
}

export async function examineGit(surroundings: Surroundings): Promise<Examination> {
  const answer = await versionOf(['git', '--version'], surroundings);
  const next = [`install git ${LEAST_GIT} or newer`];
  if (answer.kind === 'none') return notOk('missing', 'git', answer.why, answer.next ?? next);
  const version = answer.line.replace(/^git version /, '');
  if (isAtLeast(version, LEAST_GIT)) return ok('git', 'on PATH', version);
  return notOk('missing', 'git', 'too old', next, { version });
}

/** Without tmux agents run as plain processes: nobody can look in, and they end with their session. */
export async function examineTmux(surroundings: Surroundings): Promise<Examination> {
  const answer = await versionOf(['tmux', '-V'], surroundings);
  const next = [`install tmux ${LEAST_TMUX} or newer, to look into agents at work with  tina attach`];
  if (answer.kind === 'none') {
    const found = `${answer.why}; agents run as plain processes`;
    return notOk('warning', 'tmux', found, answer.next ?? next);
  }
  const version = answer.line.replace(/^tmux /, '');
  const number = version.replace(/^next-/, '');
  if (!/^\d/.test(number) || isAtLeast(number, LEAST_TMUX)) return ok('tmux', 'on PATH', version);
  return notOk('warning', 'tmux', 'too old; agents run as plain processes', next, { version });
}

type Answer =
  | { readonly kind: 'said'; readonly line: string }
  /** `next` where it is there and does not work. */
  | { readonly kind: 'none'; readonly why: string; readonly next: readonly string[] | null };

/** What a program says of its version, or why there is nothing. */
async function versionOf(
  command: readonly [program: string, argument: string],
  surroundings: Surroundings,
): Promise<Answer> {
  const typed = command.join(' ');
  const ended = await runWithLimit(command, ANSWER_LIMIT_MS, surroundings);
  if (ended.kind === 'done') return { kind: 'said', line: firstLine(ended.output) };
  if (ended.kind === 'absent') return { kind: 'none', why: 'not found on PATH', next: null };
  if (ended.kind === 'failed') {
    return { kind: 'none', why: `there, and fails: ${firstLine(ended.output)}`, next: [typed] };
  }
  const why = `there, and  ${typed}  does not answer within ${ANSWER_LIMIT_MS / 1000} s`;
  return { kind: 'none', why, next: [`command -v ${command[0]}, and put one that works first on PATH`] };
}

function firstLine(output: string): string {
  return output.trim().split('\n')[0] ?? '';
}
