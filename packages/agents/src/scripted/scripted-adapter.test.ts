import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { scriptedAdapter } from './scripted-adapter.ts';
import { matching } from '../testing/matching.ts';

async function check(content: string | Uint8Array | null): Promise<readonly { message: string }[]> {
  const projectDirectory = temporaryFolder();
  if (content !== null) writeFileSync(join(projectDirectory, 'script.yaml'), content);
  return await scriptedAdapter.check(
    { kind: 'scripted', script: 'script.yaml' },
    { projectDirectory, env: {} },
  );
}

it('has nothing to say of a good script', async () => {
  expect(await check('version: 1\nentries: []')).toEqual([]);
});

it('G31 names file, line and column of what is wrong', async () => {
  const projectDirectory = temporaryFolder();
  const file = join(projectDirectory, 'script.yaml');
  writeFileSync(file, 'version: 1\nentries:\n  - do: [wriet]\n');
  const problems = await scriptedAdapter.check(
    { kind: 'scripted', script: file },
    { projectDirectory, env: {} },
  );
  expect(problems).toEqual([
    {
      message: expect.stringContaining('unknown step "wriet"') as string,
      file,
      line: 3,
      column: 10,
      next: [expect.stringContaining('docs/scripted-agent.md')],
    },
  ]);
});

it('G31 says why a script cannot be read', async () => {
  expect(await check(null)).toMatchObject([{ message: matching(/does not exist/), line: null }]);
  expect(await check(new Uint8Array([0xff, 0xfe]))).toMatchObject([{ message: matching(/is not UTF-8/) }]);
  expect(await check(`#${'x'.repeat(1024 * 1024)}`)).toMatchObject([
    { message: matching(/is larger than 1024 KiB/) },
  ]);
  const projectDirectory = temporaryFolder();
  mkdirSync(join(projectDirectory, 'folder'));
  const problems = await scriptedAdapter.check(
    { kind: 'scripted', script: 'folder' },
    { projectDirectory, env: {} },
  );
  expect(problems).toMatchObject([{ message: matching(/is not a file/) }]);
});

it('finds its program and knows its version', async () => {
  const context = { projectDirectory: '/', env: {} };
  const probe = await scriptedAdapter.probe({ kind: 'scripted', script: 'script.yaml' }, context);
  expect(probe).toMatchObject({
    isFound: true,
    version: matching(/^\d+\.\d+\.\d+$/),
    problem: null,
    next: [],
  });
});

it('makes the script’s path absolute for a launch', () => {
  const context = { projectDirectory: '/project', env: {} };
  const forLaunch = (script: string): string =>
    scriptedAdapter.forLaunch({ kind: 'scripted', script }, context).script;
  expect(forLaunch('scripts/demo.yaml')).toBe('/project/scripts/demo.yaml');
  expect(forLaunch('/elsewhere/demo.yaml')).toBe('/elsewhere/demo.yaml');
});
