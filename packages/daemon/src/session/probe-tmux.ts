import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { isAtLeast, LEAST_TMUX } from '@tina/contract';
import type { SessionsProbe } from './session-port.ts';

const run = promisify(execFile);

const PROBE_LIMIT_MS = 5_000;

/** Looks for a tmux that can be used. `tmux` is a program's name or path. */
export async function probeTmux(tmux = 'tmux'): Promise<SessionsProbe> {
  let answer: string;
  try {
    ({ stdout: answer } = await run(tmux, ['-V'], { timeout: PROBE_LIMIT_MS }));
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { kind: 'plain', reason: missing ? 'tmux is not installed' : `tmux -V failed: ${String(error)}` };
  }
  const version = answer.trim().replace(/^tmux /, '');
  // `3.3a`, `next-3.6`, `openbsd-7.8`, `master`: what is built from today's source is not too old.
  const [, number] = /^(?:next-)?(\d+\.\d+)/.exec(version) ?? [];
  if (number === undefined) {
    const known = /^(?:master|openbsd-)/.test(version);
    return known
      ? { kind: 'tmux', version }
      : { kind: 'plain', reason: `tmux says its version is "${version}"` };
  }
  return isAtLeast(number, LEAST_TMUX)
    ? { kind: 'tmux', version }
    : { kind: 'plain', reason: `tmux ${version} is too old, ${LEAST_TMUX} is needed` };
}
