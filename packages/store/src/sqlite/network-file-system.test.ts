import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { TOY_MODEL } from '../contract-suite/toy-model.ts';
import { openSqliteStore } from '../open-sqlite-store.ts';
import { networkFileSystem } from './network-file-system.ts';

// There is no network file system to mount in a test, so this one says that it is one.
vi.mock(import('node:fs'), async (importOriginal) => ({
  ...(await importOriginal()),
  statfsSync: vi.fn<() => never>() as never,
}));

test('G31 a store on a network file system is refused before anything is made', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tina-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  vi.mocked(statfsSync).mockReturnValue({ type: 0x6969 } as never);
  const path = join(folder, 'tina.db');

  await expect(openSqliteStore({ path, model: TOY_MODEL })).rejects.toMatchObject({
    code: 'network_file_system',
    message: expect.stringContaining('NFS') as string,
  });
  expect(existsSync(path)).toBe(false);
});

test('G31 local file systems are not taken for network ones', () => {
  const local = { ext4: 0xef53, tmpfs: 0x01021994, btrfs: 0x9123683e, xfs: 0x58465342, overlay: 0x794c7630 };
  for (const type of Object.values(local)) expect(networkFileSystem(type)).toBeNull();
  expect(networkFileSystem(-28_095_166), 'SMB 2, where the number is signed').toBe('SMB 2');
});
