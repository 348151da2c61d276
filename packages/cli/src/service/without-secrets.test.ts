import { expect, it } from 'vitest';
import { withoutSecrets } from './without-secrets.ts';

const env = { MY_TOKEN: 'abcdefgh1234', HOME: '/srv/me' };

it.each([
  [
    ['agent', '--api-key', 'sk-1', '--model', 'm'],
    ['agent', '--api-key', '[api-key]', '--model', 'm'],
  ],
  [
    ['agent', '--api-key=sk-1'],
    ['agent', '--api-key=[api-key]'],
  ],
  [
    ['env', 'GITHUB_TOKEN=ghp', 'agent'],
    ['env', 'GITHUB_TOKEN=[GITHUB_TOKEN]', 'agent'],
  ],
  [
    ['agent', '-H', 'bearer abcdefgh1234'],
    ['agent', '-H', 'bearer [MY_TOKEN]'],
  ],
  [
    ['agent', '--max-tokens', '5', '-p', '/srv/me'],
    ['agent', '--max-tokens', '5', '-p', '/srv/me'],
  ],
  [
    ['agent', '--api-key', '--verbose'],
    ['agent', '--api-key', '--verbose'],
  ],
])('G30 %j is shown as %j', (line, shown) => {
  expect(withoutSecrets(line, env)).toEqual(shown);
});
