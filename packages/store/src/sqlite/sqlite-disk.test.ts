import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { describeStoreContract } from '../contract-suite/describe-store-contract.ts';
import { openSqliteStore } from '../open-sqlite-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'tina-store-'));
let opened = 0;

afterAll(() => rmSync(folder, { recursive: true }));

describeStoreContract('SQLite on disk', (options) => {
  opened += 1;
  return openSqliteStore({ path: join(folder, `${opened}.db`), ...options });
});
