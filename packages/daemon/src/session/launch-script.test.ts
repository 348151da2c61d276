import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { launchScript } from './launch-script.ts';

/** What stands at /bin/sh on Debian, on Fedora and macOS, and on Alpine. */
const shells = [['dash'], ['bash', '--posix'], ['busybox', 'sh']].filter(
  ([program = '', ...args]) => spawnSync(program, [...args, '-c', ':']).status === 0,
);

const text = fc
  .string({ unit: 'binary', maxLength: 12 })
  .map((value) => value.replaceAll(/[\0\uD800-\uDFFF]/g, ''));
const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);

describe.each(shells)('a launch script read by %s', (program = '', ...args) => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tina-launch-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  /** What arrived: each word followed by a NUL, and the pairs of the environment. */
  async function launch(
    env: Record<string, string>,
    words: readonly string[],
  ): Promise<{ readonly words: string; readonly pairs: readonly string[] }> {
    const path = join(folder, 'a.launch');
    const tell = `for word; do printf '%s\\0' "$word"; done > words; exec /usr/bin/env -0 > pairs`;
    await writeFile(
      path,
      launchScript({ command: ['/bin/sh', '-c', tell, 'sh', ...words], cwd: folder, env }),
    );
    const shell = spawnSync('/usr/bin/which', [program], { encoding: 'utf8' }).stdout.trim();
    spawnSync('/usr/bin/env', ['-i', shell, ...args, path], { stdio: 'ignore' });
    const pairs = (await readFile(join(folder, 'pairs'), 'utf8')).split('\0').filter((pair) => pair !== '');
    return { words: await readFile(join(folder, 'words'), 'utf8'), pairs };
  }

  it('removes itself', async () => {
    await launch({}, []);
    await expect(stat(join(folder, 'a.launch'))).rejects.toThrow('ENOENT');
  });

  it('hands over every argument and every variable as it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { maxLength: 5 }),
        fc.dictionary(name, text, { maxKeys: 5 }),
        async (words, env) => {
          // The shell that tells adds PWD, and `_` where it is bash.
          const { PWD: _pwd, OLDPWD: _oldPwd, _: _last, ...given } = env;
          const arrived = await launch(given, words);
          expect(arrived.words).toBe(words.map((word) => `${word}\0`).join(''));
          const pairs = arrived.pairs.filter((pair) => !/^(?:PWD|_|OLDPWD)=/.test(pair));
          expect(new Set(pairs)).toEqual(
            new Set(Object.entries(given).map(([key, value]) => `${key}=${value}`)),
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  it('hands over variables that a shell keeps for itself', async () => {
    const given = { SECONDS: 'long', plain: '$plain', SHLVL: '7' };
    const { pairs } = await launch(given, []);
    expect(pairs).toEqual(
      expect.arrayContaining(Object.entries(given).map(([key, value]) => `${key}=${value}`)),
    );
  });
});
