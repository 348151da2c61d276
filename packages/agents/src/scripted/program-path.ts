import { fileURLToPath } from 'node:url';

/** The scripted agent's program: the source in development, the built program beside the built host otherwise. */
export function scriptedProgram(): string {
  return fileURLToPath(new URL('./main.ts', import.meta.url));
}
