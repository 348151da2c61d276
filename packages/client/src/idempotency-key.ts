/**
 * A key for one thing that a person asks: sent again with the same key, it has one effect and one answer. Not
 * `import 'node:crypto'`: a bundle shares this file with commands that make no key and would pay three milliseconds.
 */
export function newIdempotencyKey(): string {
  return process.getBuiltinModule('node:crypto').randomUUID();
}
