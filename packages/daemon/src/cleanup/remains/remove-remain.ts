import { rm } from 'node:fs/promises';
import type { RemovableRemain } from '@tina/contract';
import type { Sessions } from '../../session/index.ts';

/** Ends a session, or deletes files that nobody's work is in. Done again, it finds it done. */
export async function removeRemain({ kind, name }: RemovableRemain, sessions: Sessions): Promise<void> {
  if (kind === 'session') return sessions.end(name);
  await rm(name, { recursive: true, force: true });
}
