import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTestAgent, inline, text } from '@tina/model-server';
import { expect, it } from 'vitest';
import { openCliCase } from '../conformance/cli/cli-case.ts';
import type { CliUnderTest } from '../conformance/cli/cli-under-test.ts';
import { describeCliConformance } from '../conformance/cli/describe-cli-conformance.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { opencodeAdapter } from './opencode-adapter.ts';

/** The server runs in a network of its own: it is reached through this. */
const REACHABLE = fileURLToPath(new URL('../testing/reachable-server.ts', import.meta.url));

/** The folder of the user's settings as it is after a first start: else a package would be fetched for it. */
function settingsFolder(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'opencode', 'node_modules'), { recursive: true });
  const lock = { packages: { '': { dependencies: { '@opencode-ai/plugin': '1.18.33' } } } };
  writeFileSync(join(folder, 'opencode', 'package-lock.json'), JSON.stringify(lock));
  return folder;
}

/** A provider of the user's own, in a file of theirs. */
function configAt(url: string): string {
  const file = join(temporaryFolder(), 'opencode.json');
  const model = {
    name: 'model-1',
    limit: { context: 100_000, output: 10_000 },
    cost: { input: 1, output: 2, cache_read: 0.1 },
  };
  const provider = {
    npm: '@ai-sdk/openai-compatible',
    name: 'stand-in',
    options: { baseURL: `${url}/v1`, apiKey: 'no-real-secret' },
    models: { 'model-1': model },
  };
  writeFileSync(
    file,
    JSON.stringify({
      small_model: 'stand/model-1',
      enabled_providers: ['stand'],
      provider: { stand: provider },
    }),
  );
  return file;
}

const SUBJECT: CliUnderTest = {
  adapter: opencodeAdapter,
  program: findTestAgent('opencode'),
  model: 'stand/model-1',
  play: ({ url, command }) => ({
    definition: {
      kind: 'opencode',
      command: [process.execPath, REACHABLE, ...command],
      args: [],
      env: [],
    },
    env: {
      OPENCODE_CONFIG: configAt(url),
      OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      XDG_CONFIG_HOME: settingsFolder(),
    },
  }),
  login: 'opencode auth login',
  tellsReset: true,
  countsCacheWrites: false,
  tellsCost: true,
};

describeCliConformance('OpenCode', SUBJECT);

it('can be looked at while its session lasts, with a password alone', async (context) => {
  const agent = await openCliCase(SUBJECT, context);
  agent.beginTurn(1, inline([text('over')]));
  await agent.outcomeOf(1);
  const file = join(agent.launch.directory, 'attach.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const attach = JSON.parse(readFileSync(file, 'utf8')) as { command: string[]; env: Record<string, string> };
  const [url = '', , sessionId = ''] = attach.command.slice(-3);
  expect(await agent.find('session-id')).toMatchObject({ sessionId });
  const login = Buffer.from(`opencode:${attach.env['OPENCODE_SERVER_PASSWORD'] ?? ''}`).toString('base64');
  const look = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${url}/session/${sessionId}`, { headers })).status;
  expect(await look({ authorization: `Basic ${login}` })).toBe(200);
  expect(await look({})).toBe(401);
  await agent.session.end({ graceMs: 2_000 });
  expect(existsSync(file)).toBe(false);
});
