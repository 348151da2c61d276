import { expect, it } from 'vitest';
import { giveUp, outcomeOfError } from './opencode-outcome.ts';
import { fieldsOf } from '../cli/json-fields.ts';
import { makeLaunch } from '../testing/make-launch.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { judgeRequest, opencodeEnvironment, readModel } from './opencode-settings.ts';

const PLACE = { worktree: '/srv/tree', folders: ['/srv/attempt/out'] };
const may = (access: 'read' | 'write', request: object): boolean =>
  judgeRequest(fieldsOf(request), { access, ...PLACE }) === null;

it.each([
  [{ permission: 'edit', patterns: ['src/a.ts'] }, false, true],
  [{ permission: 'edit', patterns: ['../attempt/out/plan.md'] }, true, true],
  [{ permission: 'edit', patterns: ['src/a.ts', '../attempt/other.md'] }, false, false],
  [{ permission: 'edit', patterns: [] }, false, false],
  [{ permission: 'bash', metadata: { command: 'git log' } }, true, true],
  [{ permission: 'bash', metadata: { command: 'git log; touch x' } }, false, true],
  [{ permission: 'bash', patterns: ['git log'] }, false, true],
  [{ permission: 'webfetch' }, true, true],
])('judges %j: of one that reads %s, of one that writes %s', (request, whenReading, whenWriting) => {
  expect(may('read', request)).toBe(whenReading);
  expect(may('write', request)).toBe(whenWriting);
});

it('puts its settings over those that the user gives by the same variable', () => {
  const agent = { kind: 'opencode' as const, command: ['opencode'], args: [], env: [] };
  const mcp = { command: ['tina', 'mcp'], env: { TINA_TOKEN: 't' } };
  const launch = makeLaunch(temporaryFolder(), agent, { access: 'read', mcp });
  const own = { share: 'auto', theme: 'dark', mcp: { mine: { type: 'local' } } };
  const env = opencodeEnvironment(launch, {
    OPENCODE_CONFIG_CONTENT: JSON.stringify(own),
    HOME: '/srv/home/me',
  });
  expect(env['HOME']).toBe('/srv/home/me');
  const settings: unknown = JSON.parse(env['OPENCODE_CONFIG_CONTENT'] ?? '');
  expect(settings).toMatchObject({
    theme: 'dark',
    share: 'disabled',
    autoupdate: false,
    permission: { bash: 'ask', edit: 'ask', question: 'deny' },
    mcp: { mine: { type: 'local' }, tina: { command: ['tina', 'mcp'], environment: { TINA_TOKEN: 't' } } },
  });
  const write = opencodeEnvironment(
    { ...launch, access: 'write', mcp: null },
    { OPENCODE_CONFIG_CONTENT: '{' },
  );
  expect(JSON.parse(write['OPENCODE_CONFIG_CONTENT'] ?? '')).not.toHaveProperty('mcp');
  expect(JSON.parse(write['OPENCODE_CONFIG_CONTENT'] ?? '')).not.toHaveProperty('permission.bash');
});

it('reads the name of a model', () => {
  expect(readModel('openrouter/meta/llama')).toEqual({ providerID: 'openrouter', modelID: 'meta/llama' });
  expect(readModel('opus')).toBe('incomplete');
  expect(readModel('/opus')).toBe('incomplete');
  expect(readModel(null)).toBeNull();
});

it('G15 gives a model up that has failed three times, or says that it will be long', () => {
  const retry = { attempt: 1, message: 'The service is overloaded.', next: 5_000 };
  expect(giveUp(retry, null, 1_000)).toBeNull();
  expect(giveUp({ ...retry, attempt: 3 }, null, 1_000)).toMatchObject({ error: { kind: 'overload' } });
  expect(giveUp({ ...retry, attempt: 3, message: 'Too Many Requests' }, null, 1_000)).toMatchObject({
    error: { kind: 'limit', resetAt: null },
  });
  expect(giveUp({ ...retry, next: 3_600_000 }, null, 1_000)).toMatchObject({
    error: { kind: 'limit', resetAt: 3_600_000 },
  });
});

it.each([
  [{ name: 'ProviderAuthError', data: { message: 'no key' } }, 'authentication'],
  [{ name: 'ContentFilterError', data: {} }, 'refusal'],
  [{ name: 'MessageOutputLengthError', data: {} }, 'bad_output'],
  [{ name: 'APIError', data: { statusCode: 503 } }, 'overload'],
  [{ name: 'APIError', data: { statusCode: 400 } }, 'crash'],
  [{ name: 'UnknownError', data: { message: 'fetch failed' } }, 'network'],
  [{}, 'crash'],
])('takes the error %j for %s', (error, kind) => {
  expect(outcomeOfError(error, null, 0)).toMatchObject({ kind: 'failed', error: { kind } });
});

it('G15 reads from an error how long a limit lasts', () => {
  const data = { statusCode: 429, message: 'slow down', responseHeaders: { 'retry-after': '60' } };
  expect(outcomeOfError({ name: 'APIError', data }, null, 1_000)).toMatchObject({
    error: { kind: 'limit', resetAt: 61_000 },
  });
});
