import { DAEMON_ENVIRONMENT } from '@tina/agents';
import type { NodeOptions } from '../node-options.ts';

/** Linux refuses a variable of 128 KiB. Such a daemon is started by the next command, as if no host were there. */
const MAX_BYTES = 120 * 1024;

/**
 * What a host's own environment holds so that it can start the daemon again (G13), with the same environment: what agents and
 * checks get is chosen from it. In memory only, because there are secrets in it (G30); the host's agent gets another one.
 */
export function daemonEnvironment({
  programs,
  environment,
}: Pick<NodeOptions, 'programs' | 'environment'>): Record<string, string> {
  if (programs.daemonStart === undefined) return {};
  const text = JSON.stringify(environment);
  return Buffer.byteLength(text) > MAX_BYTES ? {} : { [DAEMON_ENVIRONMENT]: text };
}
