import { fileURLToPath } from 'node:url';

/**
 * How the daemon is started: this very program again, of the same build. It lives long and allocates in small bursts; with
 * V8's usual young generation it holds 20 MB of memory that it does not need.
 */
export function thisProgram(): readonly string[] {
  return [process.execPath, '--max-semi-space-size=1', fileURLToPath(new URL('../main.ts', import.meta.url))];
}
