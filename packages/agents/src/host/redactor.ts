/** A shorter secret could be part of an innocent word. */
const MIN_SECRET = 8;

/**
 * Takes a secret out of whatever an agent says: it is in the agent's environment, and from there it gets into
 * transcripts and final messages (G30). Values must be plain data.
 */
export function redactor(secret: string): <T>(value: T) => T {
  if (secret.length < MIN_SECRET) return (value) => value;
  const written = JSON.stringify(secret).slice(1, -1);
  return <T>(value: T): T => {
    const json = JSON.stringify(value);
    return json.includes(written) ? (JSON.parse(json.replaceAll(written, '[token]')) as T) : value;
  };
}
