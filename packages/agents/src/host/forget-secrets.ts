import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Launch } from '@tina/contract';

/**
 * Takes token and environment out of the attempt's `launch.json` (G30): its host has them in memory, and an attempt never
 * has another one. The rest stays for those who ask what the attempt was started with. A file that cannot be written stays
 * as it is, for its owner alone; settling tries again.
 */
export function forgetSecrets(launch: Launch): void {
  const path = join(launch.directory, 'launch.json');
  try {
    writeFileSync(`${path}.new`, JSON.stringify(withoutSecrets(launch)), {
      mode: 0o600,
    });
    renameSync(`${path}.new`, path);
  } catch {
    // Somebody has removed the folder, or the disk is full.
  }
}

function withoutSecrets(launch: Launch): Launch {
  return { ...launch, token: '', env: {}, mcp: launch.mcp && { ...launch.mcp, env: {} } };
}
