/**
 * The version of this program. A build carries the file along. Not `import 'node:fs'`: that loads all of Node's streams,
 * three milliseconds that `tina --version` has no use for.
 */
export function readVersion(): string {
  const { readFileSync } = process.getBuiltinModule('node:fs');
  const file = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { readonly version: string }).version;
}
