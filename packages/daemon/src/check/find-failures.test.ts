import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { findFailures } from './find-failures.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tina-failures-'));
  path = join(folder, 'output.log');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('finding failures', () => {
  it('stops a pattern that would never end', async () => {
    await writeFile(path, `FAIL a\n${'a'.repeat(4_000)}!\nFAIL b\n`);
    const before = performance.now();
    const found = await findFailures({ path, pattern: '^(?:FAIL (a|b)|(?:a+)+)$', timeLimitMs: 2_000 });
    expect(found).toEqual({ names: ['a'], isComplete: false });
    expect(performance.now() - before).toBeLessThan(6_000);
  });

  it('leaves the event loop alone meanwhile', async () => {
    await writeFile(path, `${'a'.repeat(4_000)}!\n`);
    const finding = findFailures({ path, pattern: '(?:a+)+$', timeLimitMs: 300 });
    const turn = nextTurn('turned');
    expect(await Promise.race([finding, turn])).toBe('turned');
    await finding;
  });

  it('looks at the beginning of a very long line only', async () => {
    await writeFile(path, `${'x'.repeat(5_000_000)} FAIL far\nFAIL near ${'y'.repeat(5_000_000)}\n`);
    expect(await findFailures({ path, pattern: 'FAIL (\\w+)' })).toEqual({
      names: ['near'],
      isComplete: true,
    });
  });

  it('ignores matches of nothing', async () => {
    await writeFile(path, 'a\n\n b \n');
    expect(await findFailures({ path, pattern: 'b?' })).toEqual({ names: ['b'], isComplete: true });
  });

  it('says that it is not complete when there is no file, or no pattern', async () => {
    expect(await findFailures({ path: join(folder, 'missing'), pattern: 'a' })).toEqual({
      names: [],
      isComplete: false,
    });
    await writeFile(path, 'a\n');
    expect(await findFailures({ path, pattern: '[' })).toEqual({ names: [], isComplete: false });
  });

  it('takes 20 MB of lines in time', async () => {
    await writeFile(path, 'PASS some/path/of/a/test.ts > does what it should\n'.repeat(400_000));
    expect(await findFailures({ path, pattern: '^FAIL (.+)$' })).toEqual({ names: [], isComplete: true });
  });
});
