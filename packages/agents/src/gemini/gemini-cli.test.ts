import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findTestAgent } from '@tina/model-server';
import { describeCliConformance } from '../conformance/cli/describe-cli-conformance.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { geminiAdapter } from './gemini-adapter.ts';

/** As a user has them. */
const SETTINGS = '{ /* mine */ "security": { "auth": { "selectedType": "gemini-api-key" } } }';

function home(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, '.gemini'));
  writeFileSync(join(folder, '.gemini', 'settings.json'), SETTINGS);
  return folder;
}

describeCliConformance('Gemini CLI', {
  adapter: geminiAdapter,
  program: findTestAgent('gemini'),
  model: 'gemini-3-pro',
  play: ({ url, command }) => ({
    definition: { kind: 'gemini', command: [...command], args: [], env: [] },
    env: {
      GEMINI_API_KEY: 'no-real-secret',
      GEMINI_CLI_HOME: home(),
      GOOGLE_GEMINI_BASE_URL: url,
    },
  }),
  login: 'gemini',
  tellsReset: true,
  countsCacheWrites: false,
  tellsCost: false,
  lacks: new Set(['cached-tokens', 'context', 'tool-failures', 'broken-tools', 'broken-streams']),
});
