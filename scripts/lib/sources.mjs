// What a build is made of, and whether the one in dist/ was made of what is here now.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(fileURLToPath(import.meta.url), '../../..');
export const dist = join(root, 'dist');

const inputs = ['packages', 'scripts/lib', 'package-lock.json'];
const ignored = /^(?:node_modules|e2e|fixtures|recordings)$|\.test\.ts$|\.md$/;
const asset = /[/\\]src[/\\].*\.md$/;

function* files(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory()) {
    yield `${path}:${stat.size}:${stat.mtimeMs}`;
    return;
  }
  for (const name of readdirSync(path).toSorted()) {
    const child = join(path, name);
    if (!ignored.test(name) || asset.test(child)) yield* files(child);
  }
}

/**
 * Changes whenever a source changes, comes or goes. Times are compared for being equal, not for being newer: a
 * checkout of an older commit and a moved file are changes too.
 */
export function fingerprint() {
  const hash = createHash('sha256');
  for (const input of inputs) for (const line of files(join(root, input))) hash.update(`${line}\n`);
  return hash.digest('hex');
}

/** True when dist/ was built from the sources as they are. */
export function isBuilt() {
  try {
    return JSON.parse(readFileSync(join(dist, 'build.json'), 'utf8')).fingerprint === fingerprint();
  } catch {
    return false;
  }
}
