import { UnreachableError } from '@tina/contract';
import { lookOf } from '../output/look.ts';
import { printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import type { FollowEnd } from './follow-run.ts';
import { interrupted } from './interrupted.ts';
import { renderSummary } from './render-summary.ts';

/** How a command that followed a run ends: what is said, and its exit code. */
export async function conclude(
  context: CliContext,
  run: string,
  end: FollowEnd,
  json: boolean,
): Promise<void> {
  const { io } = context;
  switch (end.kind) {
    case 'over': {
      context.process.exitCode = end.view.status === 'complete' ? 0 : 1;
      if (json) return;
      const commits = await request(context, (client) => client.call('run.commits', { run })).catch(
        () => null,
      );
      const look = lookOf(io);
      return printLines(io, ['', ...renderSummary(end.view, { ...look, now: io.now(), commits })]);
    }
    case 'interrupted':
      return interrupted(context, `tina watch ${run}`, json);
    case 'left':
      context.process.exitCode = 1;
      return printLines(io, [
        '',
        `The run waits for you. When you know:  tina finalize ${run} --merge|--pr|--keep|--discard`,
      ]);
    case 'lost': {
      context.process.exitCode = 3;
      throw end.error ?? stopped(run);
    }
  }
}

/** The daemon ended the stream though the run is not over: somebody stopped it. */
export function stopped(run: string): UnreachableError {
  return new UnreachableError({
    code: 'daemon_stopped',
    message: 'The daemon was stopped, so the run is not followed any more. Agents at work go on.',
    next: [`tina watch ${run}`, 'tina daemon status'],
  });
}
