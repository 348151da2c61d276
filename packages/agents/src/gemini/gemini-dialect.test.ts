import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { geminiDialect } from './gemini-dialect.ts';

const agent = { kind: 'gemini' as const, command: ['gemini'], args: ['--debug'], env: [] };

it('starts it in its ACP mode, asking before all that changes something', () => {
  const launch = { agent, model: 'gemini-3-pro', directory: '/attempt' };
  const { command } = geminiDialect(launch, {
    outDirectory: '/attempt/out',
    env: { TMPDIR: '/attempt/tmp' },
  });
  expect(command.join(' ')).toBe(
    'gemini --debug --acp --skip-trust --approval-mode default --model gemini-3-pro ' +
      '--include-directories /attempt/out --include-directories /attempt/tmp',
  );
});

it('gives it a home of the attempt’s, whatever home the user has', () => {
  const directory = temporaryFolder();
  const dialect = geminiDialect({ agent, model: null, directory }, { outDirectory: '/out', env: {} });
  const env = dialect.environment({ HOME: '/nonexistent', GEMINI_CLI_HOME: '/nowhere', NO_BROWSER: 'mine' });
  expect(env).toEqual({
    HOME: '/nonexistent',
    GEMINI_CLI_HOME: join(directory, 'gemini'),
    GEMINI_CLI_NO_RELAUNCH: 'true',
    NO_BROWSER: 'mine',
  });
  expect(existsSync(join(directory, 'gemini', '.gemini', 'settings.json'))).toBe(true);
});

it.each([
  ['/help', 'The message:\n/help'],
  ['  $help', 'The message:\n  $help'],
  ['Do it. /help', 'Do it. /help'],
])('says %j as a text that is no command', (message, said) => {
  const dialect = geminiDialect(
    { agent, model: null, directory: '/attempt' },
    { outDirectory: '/out', env: {} },
  );
  expect(dialect.asText(message)).toBe(said);
});

it('reads a command from the title of a shell call alone', () => {
  const dialect = geminiDialect(
    { agent, model: null, directory: '/attempt' },
    { outDirectory: '/out', env: {} },
  );
  expect(dialect.commandOf({ kind: 'execute', title: 'git log' })).toBe('git log');
  expect(dialect.commandOf({ kind: 'other', title: 'git log' })).toBeNull();
});
