/**
 * Environment variables that tell whose a process is: it is ours when it carries every one of them with exactly this
 * value. Children inherit them, also those that leave the process group, the session and their parent.
 */
export type EnvironmentMarker = Readonly<Record<string, string>>;

/** `NAME=value`, one for each variable. */
export function markerPairs(marker: EnvironmentMarker): readonly string[] {
  return Object.entries(marker).map(([name, value]) => `${name}=${value}`);
}
