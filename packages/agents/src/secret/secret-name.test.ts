import { expect, it } from 'vitest';
import { isSecretName } from './secret-name.ts';
import { secretsOf } from './secret.ts';

const SECRETS = `GITHUB_TOKEN ACCESS_TOKENS GITHUB_PAT client_secret DEPLOY_SECRETS PGPASSWORD MYSQL_PWD DB_PASS SMTP_PASS DBPASS
  GOOGLE_APPLICATION_CREDENTIALS OPENAI_API_KEY AWS_SECRET_ACCESS_KEY APIKEY DEPLOY_KEY STRIPE_KEY OPENAI_KEY
  SECRET_KEY_BASE RAILS_MASTER_KEY npm_config__auth npm_config_//registry/:_authToken DATABASE_URL TEST_DATABASE_URL
  REDIS_URL MONGODB_URI SENTRY_DSN SLACK_WEBHOOK_URL`;
const OTHERS = `PATH PWD OLDPWD SSH_AUTH_SOCK PASSWORD_STORE_DIR KEYBOARD MONKEY BYPASS TOKENIZERS_PARALLELISM MAX_TOKENS
  CLAUDE_CODE_MAX_OUTPUT_TOKENS STRIPE_PUBLIC_KEY HOMEPAGE_URL XAUTHORITY COMPASS PATTERN GIT_CONFIG_KEY_0`;

it.each(SECRETS.split(/\s+/))('G30 takes the name %s for that of a secret', (name) => {
  expect(isSecretName(name)).toBe(true);
});

it.each(OTHERS.split(/\s+/))('does not take the name %s for that of a secret', (name) => {
  expect(isSecretName(name)).toBe(false);
});

it('G30 knows the secrets of an environment by their names, and what is named; the longest first, none that is short', () => {
  const environment = {
    A_TOKEN: '12345678',
    B_KEY: '123456789\n',
    PIN_PASS: '1234',
    OTHER: 'ordinary',
    NONE: undefined,
  };
  expect(secretsOf(environment)).toEqual([
    { name: 'B_KEY', value: '123456789' },
    { name: 'A_TOKEN', value: '12345678' },
  ]);
  expect(secretsOf(environment, ['OTHER', 'NONE']).map(({ name }) => name)).toEqual([
    'B_KEY',
    'A_TOKEN',
    'OTHER',
  ]);
});
