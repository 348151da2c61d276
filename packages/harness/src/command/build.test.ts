import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildWhatIsStale } from './build.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tina-build-'));
  await mkdir(join(root, 'dist'));
  await mkdir(join(root, 'scripts'));
  await writeFile(join(root, 'dist', 'build.json'), '{"build":"one"}');
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** What stands for the build, and from where this program runs: out of the build, or from its sources. */
async function build(script: string, from: 'dist/chunks/one' | 'packages'): Promise<[string | null, string]> {
  await writeFile(join(root, 'scripts', 'ensure-built.mjs'), script);
  let said = '';
  const newer = await buildWhatIsStale((text) => void (said += text), { root, from: join(root, from) });
  return [newer, said];
}

const CHANGES = `import { writeFileSync } from 'node:fs';
console.log('build: harness');
writeFileSync(import.meta.dirname + '/../dist/build.json', '{"build":"two"}');`;

it('a build that is up to date is played by this program', async () => {
  expect(await build('', 'dist/chunks/one')).toEqual([null, '']);
});

it('a newer build plays on in place of this program, unless that runs from the sources', async () => {
  expect(await build(CHANGES, 'dist/chunks/one')).toEqual([
    join(root, 'dist/harness.mjs'),
    'build: harness\n',
  ]);
  await writeFile(join(root, 'dist', 'build.json'), '{"build":"one"}');
  expect((await build(CHANGES, 'packages'))[0]).toBeNull();
});

it('a build that fails ends it before anything is played', async () => {
  await expect(build('process.exit(1)', 'dist/chunks/one')).rejects.toMatchObject({ code: 'build_failed' });
});

it('where there are no sources, there is nothing to build', async () => {
  await rm(join(root, 'scripts'), { recursive: true });
  expect(await buildWhatIsStale(() => undefined, { root, from: join(root, 'dist') })).toBeNull();
});
