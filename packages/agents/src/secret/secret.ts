import { isSecretName } from './secret-name.ts';

/** A shorter secret could be part of an innocent word. */
export const MIN_SECRET = 8;

/** What must not be seen (G30): in its place stands its name, `[MY_API_KEY]`. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}

/**
 * The secrets among environment variables: each whose name says that it is one, and those that are named. The longest
 * come first, because one may be a part of another.
 */
export function secretsOf(
  environment: Readonly<Record<string, string | undefined>>,
  named: readonly string[] = [],
): readonly Secret[] {
  const found = Object.entries(environment).flatMap(([name, value]) =>
    named.includes(name) || isSecretName(name) ? [{ name, value: value ?? '' }] : [],
  );
  return usable(found);
}

/** The secrets that an agent knows: the attempt's token, called `token`, and those of its environment. */
export function agentSecrets({
  token,
  env,
}: {
  readonly token: string;
  readonly env: Readonly<Record<string, string>>;
}): readonly Secret[] {
  const others = secretsOf(env).filter(({ name }) => name !== 'TINA_TOKEN');
  return usable([{ name: 'token', value: token }, ...others]);
}

/** Without the line end that a value read from a file may have: it is not always printed. */
function usable(secrets: readonly Secret[]): readonly Secret[] {
  return secrets
    .map(({ name, value }) => ({ name, value: value.trim() }))
    .filter(({ value }) => value.length >= MIN_SECRET)
    .toSorted((a, b) => b.value.length - a.value.length);
}
