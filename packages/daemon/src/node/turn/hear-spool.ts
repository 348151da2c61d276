import { attemptFiles } from '../attempt/attempt-files.ts';
import type { HostedAttempt } from '../host/hosted-attempt.ts';
import { takeFrame, type FrameContext } from './take-frame.ts';

/**
 * Takes what a host that has ended had still to say (G13): a turn that ended while the daemon was away is not done again.
 * Its frames go the way of those that a living host sends, in their order; lines that cannot be read are passed over.
 * Rejects when the control plane could not be told.
 */
export async function hearSpool(attempt: HostedAttempt, context: FrameContext): Promise<void> {
  const { attemptId, epoch } = attempt;
  const files = attemptFiles(context.attemptsDir, attemptId);
  const launch = await context.files.readLaunch(files);
  // G10, G11: a host of another claim has nothing to say here.
  if (launch?.attemptId !== attemptId || launch.epoch !== epoch) return;
  const { frames, badLines } = await context.files.readSpool(files.directory, { attemptId, epoch });
  if (badLines > 0) {
    context.log('warn', 'Lines that an agent host left behind cannot be read; they are passed over.', {
      attemptId,
      badLines,
    });
  }
  for (const frame of frames) await takeFrame(attempt, frame, context);
}
