import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDesign } from '@tina/domain';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createTestCli, type TestCli } from '../testing/test-cli.test-support.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const PLUGIN = join(ROOT, 'plugin');
const TEXTS = globSync('**/*.md', { cwd: PLUGIN }).map((name) => ({
  name,
  text: readFileSync(join(PLUGIN, name), 'utf8'),
}));

interface Named {
  readonly file: string;
  /** `status`, `daemon status`. */
  readonly command: string;
  readonly options: readonly string[];
}

/** Every command line of Tina's that stands in the texts as code, or that a command is allowed to use. */
function namedCommands(): readonly Named[] {
  return TEXTS.flatMap(({ name, text }) => {
    const code = [...text.matchAll(/`([^`\n]+)`/g), ...text.matchAll(/Bash\(([^)]*?):?\*?\)/g)];
    return code
      .map((match) => match[1] ?? '')
      .filter((line) => /^tina [a-z]/.test(line))
      .map((line) => {
        const [, command = ''] = /^tina ([a-z]+)/.exec(line) ?? [];
        return { file: name, command, options: line.match(/--[a-z-]+/g) ?? [] };
      });
  });
}

let cli: TestCli;
beforeEach(() => {
  cli = createTestCli();
});
afterEach(() => cli.dispose());

describe('the plugin for Claude Code', () => {
  it('G27 names no command and no option that Tina does not have', async () => {
    const named = namedCommands();
    expect(named.length).toBeGreaterThan(10);
    const helps = new Map<string, string>();
    for (const { command } of named) {
      if (helps.has(command)) continue;
      const { code, stdout } = await cli.run([command, '--help']);
      helps.set(command, code === 0 ? stdout : '');
    }
    const wrong = named.flatMap(({ file, command, options }) => {
      const help = helps.get(command) ?? '';
      if (!help.includes(`tina ${command}`)) return [`${file}: tina ${command}`];
      return options
        .filter((option) => !help.includes(option))
        .map((option) => `${file}: tina ${command} ${option}`);
    });
    expect(wrong).toEqual([]);
  });

  it('describes each of its parts', () => {
    const heads = TEXTS.map(({ name, text }) => [name, /^---\n[^]*?^description: \S[^]*?^---\n/m.test(text)]);
    expect(heads).toEqual(TEXTS.map(({ name }) => [name, true]));
    const kinds = (folder: string): readonly string[] =>
      TEXTS.filter(({ name }) => name.startsWith(folder)).map(({ name }) => basename(name, '.md'));
    expect(kinds('commands/').toSorted()).toEqual(['orchestrate', 'status']);
    expect(kinds('skills/')).not.toEqual([]);
    expect(kinds('agents/')).not.toEqual([]);
  });

  it('shows a design that validates without a warning', () => {
    const skill = TEXTS.find(({ name }) => name.includes('writing-designs'))?.text ?? '';
    const [, example = ''] = /```markdown\n([^]*?)```/.exec(skill) ?? [];
    expect(parseDesign(example)).toMatchObject({ ok: true, warnings: [] });
  });

  it('has the version of the package', () => {
    const version = (file: string): unknown =>
      (JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as { version: string }).version;
    expect(version('plugin/.claude-plugin/plugin.json')).toBe(version('package.json'));
  });

  it('is valid for Claude Code itself', (context) => {
    const claude = process.env['TINA_TEST_CLAUDE'];
    if (claude === undefined) return context.skip('TINA_TEST_CLAUDE names no Claude Code');
    const home = mkdtempSync(join(tmpdir(), 'tina-plugin-'));
    onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }));
    const env = {
      HOME: home,
      TMPDIR: home,
      PATH: process.env['PATH'],
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
    };
    const args = ['plugin', 'validate', '--strict', PLUGIN];
    const printed = execFileSync(claude, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    expect(printed).toContain('Validation passed');
    for (const part of ['tina:orchestrate', 'tina:status', 'tina:writing-designs', 'tina:run-keeper'])
      expect(printed).toContain(part);
  });
});
