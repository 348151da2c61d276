// Makes a fresh clone able to run: dependencies, a Node that runs the sources, a build. Works on Node 20 with
// nothing installed, so it imports nothing but Node itself.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { dist, isBuilt, root } from './sources.mjs';
import { stop } from './stop.mjs';

export { root };

const neededMajor = 24;
const lockFile = join(root, 'package-lock.json');
const modules = join(root, 'node_modules');
const stampFile = join(modules, '.tina-stamp');

/** Ensures dependencies and, with `build`, programs in dist/. Returns the Node to run them with. */
export function prepare({ build = false } = {}) {
  ensureDependencies();
  const node = findNode();
  if (build && !isBuilt() && !runBuild(node)) {
    stop(`The programs could not be built into ${dist}.`, 'see above, then: npm run build');
  }
  return node;
}

/** Runs the bundler, whose own lines say what was built. False when it failed. */
export function runBuild(node) {
  return spawnSync(node, [join(root, 'scripts/lib/bundle.mjs')], { stdio: 'inherit' }).status === 0;
}

function ensureDependencies() {
  const stamp = createHash('sha256')
    .update(`${process.platform} ${process.arch}\n`)
    .update(readFileSync(lockFile))
    .digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  if (!matchesLock()) install();
  writeFileSync(stampFile, stamp);
}

/**
 * True when what npm installed is what the lock file asks for. Asked before a reinstall, because `npm ci` takes
 * node_modules away from everything that runs from it, and `npm install <package>` has already done the work.
 */
function matchesLock() {
  try {
    const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages;
    const present = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')).packages;
    const missing = Object.entries(wanted).filter(
      ([path, entry]) => path !== '' && !entry.optional && !present[path],
    );
    const different = Object.entries(present).filter(
      ([path, entry]) => wanted[path]?.version !== entry.version,
    );
    return missing.length === 0 && different.length === 0;
  } catch {
    return false;
  }
}

function install() {
  const started = Date.now();
  process.stderr.write('Installing dependencies (npm ci) ... ');
  // NODE_ENV=production or omit=dev of the user's must not leave out the bundler and Node itself.
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  args.push('--loglevel=warn'); // `npm run --silent` would silence what went wrong, too
  const [command, ...first] = npm();
  const result = spawnSync(command, [...first, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (result.status === 0) {
    process.stderr.write(`done in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
    return;
  }
  process.stderr.write('failed\n');
  if (result.error?.code === 'ENOENT') stop('npm was not found on PATH.', 'install npm, then try again');
  const output = `${result.stdout}${result.stderr}`.trimEnd().split('\n').slice(-20).join('\n');
  stop(
    `${output}\n\nnpm could not install the dependencies in ${root}.`,
    `cd ${root} && npm ci --ignore-scripts    (shows all of it; behind a proxy or mirror, set npm's registry first)`,
  );
}

/** How to start npm: the one that runs this script, else the one on PATH. */
function npm() {
  const running = process.env['npm_execpath'];
  if (running !== undefined && /^npm-cli\.c?js$/.test(basename(running)) && existsSync(running)) {
    return [process.execPath, running];
  }
  return ['npm'];
}

/** A Node that runs the sources: the one told, the one installed along, the one running, the one on PATH. */
function findNode() {
  const told = process.env['TINA_NODE'];
  if (told !== undefined && told !== '') return told;
  const installed = join(modules, `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(installed)) return installed;
  if (majorOf(process.versions.node) >= neededMajor) return process.execPath;
  const onPath = spawnSync('node', ['--version'], { encoding: 'utf8' });
  if (onPath.status === 0 && majorOf(onPath.stdout.slice(1)) >= neededMajor) return 'node';
  return stop(
    `Tina needs Node ${neededMajor} or newer. This is Node ${process.versions.node}, and npm brought none along for ` +
      `${process.platform}-${process.arch}.`,
    `install Node ${neededMajor}, or set TINA_NODE to the path of one`,
  );
}

function majorOf(version) {
  return Number.parseInt(version, 10);
}
