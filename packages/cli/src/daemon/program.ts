import { fileURLToPath } from 'node:url';

/** How this very program is started again, of the same build. */
export function thisProgram(): readonly string[] {
  return [process.execPath, fileURLToPath(new URL('../main.ts', import.meta.url))];
}
