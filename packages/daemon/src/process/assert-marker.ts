import type { EnvironmentMarker } from './environment-marker.ts';
import { ProcessTargetError } from './process-target-error.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** No white space: `ps` prints an environment as words. */
const VALUE = /^[\w.:@/+-]+$/;

/** Throws a `ProcessTargetError` when the marker is empty, or could match what it does not mean. */
export function assertMarker(marker: EnvironmentMarker): void {
  const pairs = Object.entries(marker);
  if (pairs.length === 0)
    throw new ProcessTargetError('a marker without variables would match every process');
  for (const [name, value] of pairs) {
    if (!NAME.test(name) || !VALUE.test(value)) {
      throw new ProcessTargetError(`the marker ${name}=${JSON.stringify(value)} names no exact process`);
    }
  }
}
