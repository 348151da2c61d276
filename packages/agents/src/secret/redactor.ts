import type { Secret } from './secret.ts';

/**
 * Takes secrets out of whatever an agent says: they are in its environment, and from there they get into transcripts and
 * final messages (G30). The attempt's token becomes `[token]`, the value of `MY_API_KEY` becomes `[MY_API_KEY]`. Values
 * must be plain data, and whole: text that comes in pieces is for `PieceRedactor`.
 */
export function redactor(secrets: readonly Secret[]): <T>(value: T) => T {
  const known = secrets.map(({ name, value }) => ({
    written: JSON.stringify(value).slice(1, -1),
    shown: JSON.stringify(`[${name}]`).slice(1, -1),
  }));
  return <T>(value: T): T => {
    const json = JSON.stringify(value);
    const found = known.filter(({ written }) => json.includes(written));
    if (found.length === 0) return value;
    return JSON.parse(
      found.reduce((text, { written, shown }) => text.replaceAll(written, () => shown), json),
    ) as T;
  };
}
