import { fileURLToPath } from 'node:url';

/** The agent host's program: the source in development, the built program otherwise. */
export function agentHostProgram(): string {
  return fileURLToPath(new URL('./main.ts', import.meta.url));
}
