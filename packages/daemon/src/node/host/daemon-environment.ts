import type { NodeOptions } from '../node-options.ts';

/**
 * What a host is told so that it can start the daemon again (G13), with the same environment: what agents and checks get is
 * chosen from it. Null where hosts start none.
 */
export function daemonEnvironment({
  programs,
  environment,
}: Pick<NodeOptions, 'programs' | 'environment'>): Readonly<Record<string, string>> | null {
  if (programs.daemonStart === undefined) return null;
  const set = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(set);
}
