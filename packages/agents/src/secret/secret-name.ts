/** Words that a secret's name ends with: `GITHUB_TOKEN`, `PGPASSWORD`, `DB_PASS`, `STRIPE_KEY`, `npm_config__auth`. */
const LAST_WORD =
  /(?:TOKENS?|SECRETS?|PASSWORDS?|PASSWD|PASSPHRASE|CREDENTIALS?|(?:API|ACCESS|AUTH|PRIVATE|SECRET|SIGNING|ENCRYPTION)KEYS?|(?:^|_|DB|SSH)PASS|(?:^|_)(?:KEYS?|PAT|AUTH|DSN)|_PWD)$/i;
/** `SECRET_KEY_BASE` of Rails. */
const SECRET_KEY = /(?:^|_)SECRET_KEY_/i;
/** Addresses that mostly have a password in them, or are one: `DATABASE_URL`, `SLACK_WEBHOOK_URL`. */
const ADDRESS =
  /(?:(?:^|_)(?:DATABASE|DB|REDIS|MONGO(?:DB)?|POSTGRES(?:QL)?|MYSQL|AMQP|RABBITMQ|BROKER|WEBHOOK)_UR[IL]|_CONNECTION_STRING)$/i;
/** `MAX_TOKENS` is a number, and `STRIPE_PUBLIC_KEY` for everybody. */
const NO_SECRET = /(?:(?:^|_)(?:MAX|MIN|NUM)_(?:\w+_)?TOKENS|(?:^|_)(?:PUBLIC|PUBLISHABLE)_KEYS?)$/i;

/** Whether the name of an environment variable says that its value is a secret (G30). */
export function isSecretName(name: string): boolean {
  if (NO_SECRET.test(name)) return false;
  return LAST_WORD.test(name) || SECRET_KEY.test(name) || ADDRESS.test(name);
}
