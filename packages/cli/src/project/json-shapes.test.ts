import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configViewSchema, doctorViewSchema, initViewSchema } from '@tina/contract';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestCli, type TestCli } from '../testing/test-cli.test-support.ts';

let cli: TestCli;
let project: string;

beforeEach(() => {
  cli = createTestCli();
  project = join(cli.root, 'project');
  mkdirSync(project);
  execFileSync('git', ['init', '-q', project]);
});

afterEach(() => cli.dispose());

async function printed(args: readonly string[], cwd: string): Promise<unknown> {
  const { stdout, stderr } = await cli.run([...args, '--json'], { cwd });
  expect(stderr).toBe('');
  expect(stdout.endsWith('\n')).toBe(true);
  return JSON.parse(stdout);
}

const CONFIG = `version: 1
agents:
  default: mine
  mine: { kind: command, command: [my-agent, '{prompt}'], prompt: argument, env: [KEY] }
  script: { kind: scripted, script: script.yaml }
setup: { command: make deps, timeout: 5m }
worktrees: { root: ../trees, include: [.env] }
checks: [{ name: test, command: make test, at: [task], failures: '^FAIL (.*)' }]
models: { known: [opus] }
roles: { planner: { model: opus } }
routing: { models: { opus: mine }, phases: { 2: { agent: mine } }, fallback: [{ agent: script }] }
`;

/** Read by the contract's form, it is the same value: nothing is missing, nothing is beside it. */
it.each([
  ['doctor', ['doctor'], doctorViewSchema],
  ['config', ['config'], configViewSchema],
  ['init', ['init'], initViewSchema],
  ['init that writes', ['init', '--write', '--force'], initViewSchema],
])('what %s prints as JSON is what docs/json-output.md says', async (_, args, schema) => {
  const folders = args[0] === 'init' ? [project] : [project, cli.root];
  const files = [null, CONFIG];
  for (const file of files) {
    mkdirSync(join(project, '.tina'), { recursive: true });
    if (file !== null) writeFileSync(join(project, '.tina', 'config.yaml'), file);
    writeFileSync(join(project, 'package.json'), '{ "scripts": { "test": "vitest" } }');
    for (const folder of folders) {
      const value = await printed(args, folder);
      expect(schema.parse(value)).toEqual(value);
    }
  }
});
