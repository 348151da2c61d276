import { formatDuration, type HostHello } from '@tina/contract';
import type { AttemptFiles } from '../attempt/attempt-files.ts';
import type { HostedAttempt } from '../host/hosted-attempt.ts';
import { pause } from '../node-clock.ts';
import { JobProblemError } from './job-problem.ts';
import type { JobWork } from './job-work.ts';

/** A host reports in within 50 ms; from then on it is worth a look whether it still is there. */
const LOOK_MS = 300;

/**
 * Waits until the attempt's host has reported in, at most for as long as the run's settings allow.
 * @throws JobProblemError `start_timeout`, `host_failed`
 */
export async function waitForHello(
  host: { readonly attempt: HostedAttempt; readonly files: AttemptFiles; readonly session: string },
  work: JobWork,
): Promise<HostHello> {
  const { clock } = work.tools;
  const { startMs } = work.settings.limits;
  const limit = new AbortController();
  const cancel = clock.after(startMs, () => {
    limit.abort(`did not report in within ${formatDuration(startMs)}`);
  });
  const signal = AbortSignal.any([work.signal, limit.signal]);
  const watch = new AbortController();
  const watched = endOfHost(host, work, AbortSignal.any([signal, watch.signal])).then(
    (reason) => limit.abort(reason),
    () => undefined,
  );
  try {
    return await host.attempt.hello(signal);
  } catch (error) {
    if (!limit.signal.aborted || work.signal.aborted) throw error;
    throw new JobProblemError({
      code: 'host_failed',
      message: `The agent host of attempt ${host.attempt.attemptId} ${String(limit.signal.reason)}.`,
      output: await work.tools.platform.files.endOfFile(host.files.hostLog),
      next: ['tina doctor'],
    });
  } finally {
    cancel();
    watch.abort();
    await watched;
  }
}

/** Resolves with what is wrong once neither the host's process nor its session is there. */
async function endOfHost(
  { files, session }: { readonly files: AttemptFiles; readonly session: string },
  { tools: { platform, sessions, clock } }: JobWork,
  signal: AbortSignal,
): Promise<string> {
  for (;;) {
    await pause(clock, LOOK_MS, signal);
    const identity = await platform.files.readHostIdentity(files);
    const lives =
      identity === null ? await sessions.exists(session) : await platform.processes.isAlive(identity);
    if (!lives) return 'ended before it reported in';
  }
}
