import type { FuzzTarget } from './fuzz-target.ts';
import { CLI_RECORD_TARGETS } from './target/cli-record-targets.ts';
import { COMMAND_LINE_TARGET } from './target/command-line-target.ts';
import { HOST_TARGET } from './target/host-target.ts';
import { PROCEDURES_TARGET } from './target/procedures-target.ts';
import { RECORD_TARGETS } from './target/record-targets.ts';
import { SOCKET_TARGETS } from './target/socket-targets.ts';
import { STREAM_TARGET } from './target/stream-target.ts';
import { TEXT_TARGETS } from './target/text-targets.ts';

/** Everything that reads what others wrote. */
export const TARGETS: readonly FuzzTarget[] = [
  ...TEXT_TARGETS,
  ...RECORD_TARGETS,
  ...CLI_RECORD_TARGETS,
  STREAM_TARGET,
  ...SOCKET_TARGETS,
  PROCEDURES_TARGET,
  HOST_TARGET,
  COMMAND_LINE_TARGET,
];

/** How many of so many inputs each target gets: at least one. */
export function sharesOf(targets: readonly FuzzTarget[], inputs: number): ReadonlyMap<FuzzTarget, number> {
  const whole = targets.reduce((sum, { share }) => sum + share, 0);
  return new Map(targets.map((target) => [target, Math.max(1, Math.round((inputs * target.share) / whole))]));
}
