/** The one codec of everything stored as JSON. It is text, so that SQLite and PostgreSQL keep it alike, byte for byte. */
export function encode(value: object): string {
  return JSON.stringify(value);
}

/** The counterpart of `encode`; the type is the writer's word. */
export function decode<Value>(text: string): Value {
  return JSON.parse(text) as Value;
}
