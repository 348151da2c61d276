import { isSecretName } from './secret-name.ts';

/** A shorter secret could be part of an innocent word. */
const MIN_SECRET = 8;

/**
 * Takes secrets out of whatever an agent says: they are in its environment, and from there they get into transcripts and
 * final messages (G30). The attempt's token becomes `[token]`, the value of `MY_API_KEY` becomes `[MY_API_KEY]`. Values
 * must be plain data.
 */
export function redactor(parameters: {
  readonly token: string;
  /** The agent's environment; what is secret in it is told by the names. */
  readonly env: Readonly<Record<string, string>>;
}): <T>(value: T) => T {
  const named = Object.entries(parameters.env).filter(
    ([name]) => isSecretName(name) && name !== 'TINA_TOKEN',
  );
  const secrets = [['token', parameters.token] as const, ...named]
    .filter(([, secret]) => secret.length >= MIN_SECRET)
    // One may be a part of another.
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([name, secret]) => ({ written: JSON.stringify(secret).slice(1, -1), shown: `[${name}]` }));
  return <T>(value: T): T => {
    const json = JSON.stringify(value);
    const found = secrets.filter(({ written }) => json.includes(written));
    if (found.length === 0) return value;
    return JSON.parse(found.reduce((text, { written, shown }) => text.replaceAll(written, shown), json)) as T;
  };
}
