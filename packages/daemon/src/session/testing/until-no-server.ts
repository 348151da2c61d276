import { join } from 'node:path';
import { vi } from 'vitest';
import { isListening } from '../tmux-server.ts';

/** Waits until the tmux server of a state folder has ended, as it does with its last session: then the folder can go. */
export async function untilNoServer(stateDir: string): Promise<void> {
  const socket = join(stateDir, 'tmux.sock');
  // One that ends at this very moment may reset the connection.
  const isGone = async (): Promise<boolean> => !(await isListening(socket).catch(() => true));
  await vi.waitUntil(isGone, { timeout: 5_000, interval: 20 });
}
