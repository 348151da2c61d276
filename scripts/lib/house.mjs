// House rules that no linter knows, because they are about every file and not only about code.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './sources.mjs';

const unwatched = /^(?:\.git|node_modules|coverage|dist(?:\..*)?)$/;
const testFile = /\.test\.ts$/;
const pass = /\b(?:test|it|describe|suite|bench)(?:\.\w+)*\.(only|skip|todo|skipIf|runIf)\b/;
const machinePath = /(?<![\w.@:~$})>\]*-])\/(?:work|home|root|Users)\//;
const registryHost = /\bregistry\.[\w-]+\.(?:com|org|net|dev|io)\b/i;

function* walk(folder) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (unwatched.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile()) yield path;
  }
}

/** What git tracks or would; without a repository (an exported tree), everything that is no product of a build. */
function watchedFiles() {
  if (!existsSync(join(root, '.git'))) return [...walk('')];
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const git = spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 });
  if (git.status !== 0) return [...walk('')];
  return git.stdout
    .split('\0')
    .filter((path) => path !== '' && statSync(join(root, path), { throwIfNoEntry: false })?.isFile());
}

function findingsInLine(path, line) {
  const findings = [];
  if (testFile.test(path)) {
    const passed = pass.exec(line)?.[1];
    if (passed === 'only') findings.push('`.only` leaves out every other test');
    else if (passed !== undefined) {
      findings.push(`\`.${passed}\` gives no reason: call skip(condition, 'reason') of the test's context`);
    }
  }
  if (machinePath.test(line))
    findings.push(
      'an absolute path of one machine: make it relative, take it as input, or make one up under /srv',
    );
  if (registryHost.test(line))
    findings.push('a registry by its host name: whoever installs chooses the registry');
  if (path === 'package-lock.json' && /"resolved": "https?:/.test(line)) {
    findings.push('an address to download from: npm install with the settings of .npmrc leaves it out');
  }
  return findings;
}

/** `path:line: what is wrong`, for every place that breaks a house rule. */
export function houseFindings() {
  return watchedFiles().flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    if (text.includes('\0')) return [];
    return text
      .split('\n')
      .flatMap((line, index) =>
        findingsInLine(path, line).map((finding) => `${path}:${index + 1}: ${finding}`),
      );
  });
}
