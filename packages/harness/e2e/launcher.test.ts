import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { designOf, entry, planOf, Sandbox, scriptOf, TINA } from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

const ROOT = dirname(dirname(TINA));
const AWKWARD = "it's a  folder, Überall";

async function version(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  return `${version}\n`;
}

/** An installation of its own in the sandbox, as a clone would be: the launcher, and what is asked for beside it. */
async function install(folder: string, ...parts: readonly ('dist' | 'node_modules')[]): Promise<string> {
  const root = join(sandbox.path, folder);
  await mkdir(join(root, 'bin'), { recursive: true });
  await cp(TINA, join(root, 'bin/tina'));
  await cp(join(ROOT, 'package.json'), join(root, 'package.json'));
  if (parts.includes('dist')) {
    const { build } = JSON.parse(await readFile(join(ROOT, 'dist/build.json'), 'utf8')) as { build: string };
    await cp(join(ROOT, 'dist'), join(root, 'dist'), {
      recursive: true,
      filter: (source) => !/[/\\]chunks[/\\]./.test(source) || source.includes(join('chunks', build)),
    });
  }
  if (parts.includes('node_modules')) await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  return join(root, 'bin/tina');
}

describe('bin/tina', () => {
  test('works from any folder', async () => {
    sandbox = await Sandbox.create();
    for (const cwd of ['/', sandbox.path]) {
      expect(await sandbox.tinaAt({ cwd }, '--version')).toEqual({
        code: 0,
        stdout: await version(),
        stderr: '',
      });
    }
    const cwd = dirname(TINA);
    expect((await sandbox.run('./tina', ['--version'], { cwd })).stdout).toBe(await version());
    expect((await sandbox.run('sh', ['tina', '--version'], { cwd })).stdout).toBe(await version());
  });

  test('works through links to links, absolute and relative, in folders with awkward names', async () => {
    sandbox = await Sandbox.create();
    const folder = join(sandbox.path, AWKWARD);
    await mkdir(join(folder, 'deep er'), { recursive: true });
    await symlink(TINA, join(folder, 'absolute'));
    await symlink('../absolute', join(folder, 'deep er/relative'));
    await symlink(relative(sandbox.path, join(folder, 'deep er/relative')), join(sandbox.path, 'tina'));
    expect((await sandbox.run(join(sandbox.path, 'tina'), ['--version'])).stdout).toBe(await version());
    expect((await sandbox.run('../tina', ['runs', '--json'])).stdout).toBe('[]\n');
    const env = { PATH: `${sandbox.path}:${process.env['PATH']}` };
    expect((await sandbox.run('tina', ['--version'], { env })).stdout).toBe(await version());
  });

  test('carries a design to its end where program, home and project have awkward names', async () => {
    sandbox = await Sandbox.create({ home: `${AWKWARD} home` });
    const script = scriptOf(
      entry('role: planner', planOf('{ title: one, files: [a.txt] }')),
      entry(
        'role: implementer',
        'write: { path: a.txt, content: x }',
        'commit: Write',
        'report: { kind: work, summary: done, via: cli }',
      ),
    );
    const project = await sandbox.beside(`${AWKWARD} project`, { script });
    const tina = await install(AWKWARD, 'dist', 'node_modules');
    const design = await project.write('a design.md', designOf('Only'));
    const { code, stdout } = await project.run(tina, ['orchestrate', design, '--finalize', 'merge']);
    expect(stdout).toContain('is merged into main');
    expect(code).toBe(0);
    expect(await project.git('show', 'main:a.txt')).toBe('x');
  });

  test('takes the Node that TINA_NODE names, and says when there is none', async () => {
    sandbox = await Sandbox.create({ programs: { mynode: `echo mine; exec '${process.execPath}' "$@"` } });
    const named = await sandbox.tinaAt({ env: { TINA_NODE: 'mynode' } }, '--version');
    expect(named.stdout).toBe(`mine\n${await version()}`);
    expect(await sandbox.tinaAt({ env: { TINA_NODE: '/nowhere/node' } }, '--version')).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'tina: TINA_NODE names no program: /nowhere/node\nnext: unset TINA_NODE, or set it to a Node 24\n',
    });
  });

  test('takes the Node on PATH where it brings none along, unless that is too old or missing', async () => {
    sandbox = await Sandbox.create({ programs: { node: 'echo v18.20.0' } });
    const tina = await install('bare', 'dist');
    const refused = await sandbox.run(tina, ['--version']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('Node 24 or newer is needed, and PATH has v18.20.0.');
    expect(refused.stderr).toContain('next: install Node 24, or set TINA_NODE');
    const none = await sandbox.run(tina, ['--version'], { env: { PATH: '/nowhere' } });
    expect(none.stderr).toContain('PATH has none.');
    const env = { PATH: `${dirname(process.execPath)}:${sandbox.env['PATH']}` };
    expect((await sandbox.run(tina, ['--version'], { env })).stdout).toBe(await version());
  });

  test('says what to type when it is not built', async () => {
    sandbox = await Sandbox.create();
    const tina = await install('a clone', 'node_modules');
    const root = join(sandbox.path, 'a clone');
    expect(await sandbox.run(tina, ['runs'])).toEqual({
      code: 1,
      stdout: '',
      stderr: `tina: the program is not built: there is no ${root}/dist/tina.mjs.\nnext: cd '${root}' && npm run build\n`,
    });
  });
});
