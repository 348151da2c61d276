// Bundles the programs into dist/. Run by Node 24 through prepare.mjs, never by hand.
//
//   dist/<program>.mjs        what is started: turns on the compile cache and loads the build
//   dist/chunks/<build>/      one whole build: every program and its lazy chunks; <build> is a hash of all of it
//   dist/build.json           what the build was made of
//
// A running program must keep what it was started from: it loads a chunk long after a newer build was made, and it
// starts other programs that have to speak its own version. So a build is never changed and never mixed with the
// next: it is written beside dist/, moved to its own folder in one rename, and only then do the starters change, each
// by one rename. The last ten builds are kept; what still runs from an older one than that is asked for too much.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { rolldown } from 'rolldown';
import { moduleUrls } from './module-urls.mjs';
import { dist, fingerprint, root } from './sources.mjs';
import { startCost } from './start-cost.mjs';
import { stop } from './stop.mjs';

const programs = {
  tina: 'packages/cli/src/main.ts',
  'agent-host': 'packages/agents/src/host/main.ts',
  'scripted-agent': 'packages/agents/src/scripted/main.ts',
  harness: 'packages/harness/src/command/main.ts',
};

/** Native, so it cannot be bundled: resolved from node_modules beside dist/. */
const external = ['better-sqlite3'];

const keptBuilds = 10;

/** Each program is bundled for itself: shared chunks would cost every start more files, to save some disk. */
async function bundle(name, entry) {
  const build = await rolldown({
    input: { [name]: join(root, entry) },
    cwd: root,
    platform: 'node',
    external,
    plugins: [moduleUrls(programs), ...(name === 'tina' ? [startCost(name)] : [])],
    treeshake: {
      // Our modules do nothing when they are loaded, so what nobody uses is left out, with all that it imports.
      moduleSideEffects: [{ test: /[/\\]packages[/\\][^/\\]+[/\\]src[/\\]/, sideEffects: false }],
    },
  });
  try {
    const { output } = await build.generate({
      format: 'esm',
      entryFileNames: '[name].mjs',
      chunkFileNames: '[name]-[hash].mjs',
      assetFileNames: '[name]-[hash][extname]',
      // What most commands share comes as one file instead of a dozen: each file costs a start a quarter millisecond.
      // A smaller share would pull node:crypto into every start.
      codeSplitting: { groups: [{ name: 'core', minShareCount: 5 }] },
      // Not mangled: error stacks keep their names, and parsing is no slower.
      minify: { compress: true, mangle: false, codegen: true },
    });
    return output.map((file) => ({
      name: file.fileName,
      content: file.type === 'chunk' ? file.code : file.source,
    }));
  } finally {
    await build.close();
  }
}

async function bundleAll(entries) {
  try {
    return (await Promise.all(entries.map(([name, entry]) => bundle(name, entry)))).flat();
  } catch (error) {
    // The bundler's stack is of no use to whoever wrote the sources.
    const message = error.errors?.map((one) => one.message).join('\n\n') ?? error.stack;
    return stop(process.stderr.isTTY ? message : stripVTControlCharacters(message));
  }
}

/**
 * dist/<program>.mjs. The compile cache saves the background service 12 of 58 ms at start, and a short command nothing
 * and costs it nothing. It lies in the build's folder, so it is thrown away with it; where that is read-only, Node goes
 * on without.
 */
function starter(program, build) {
  return `import { enableCompileCache } from 'node:module';
enableCompileCache(import.meta.dirname + '/chunks/${build}/.cache');
await import('./chunks/${build}/${program}.mjs');
`;
}

function writeByRename(path, content) {
  const temporary = `${path}.tmp-${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

/** Moves a whole build to its folder; an equal one that is there already, or comes at the same time, is as good. */
function place(files, build) {
  const temporary = `${dist}.tmp-${process.pid}`;
  const folder = join(dist, 'chunks', build);
  mkdirSync(join(dist, 'chunks'), { recursive: true });
  try {
    mkdirSync(temporary);
    for (const { name, content } of files) writeFileSync(join(temporary, name), content);
    renameSync(temporary, folder);
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  const now = new Date();
  utimesSync(folder, now, now);
}

function removeOldBuilds() {
  const folder = join(dist, 'chunks');
  const builds = readdirSync(folder).map((name) => ({ name, builtAt: statSync(join(folder, name)).mtimeMs }));
  const old = builds.toSorted((a, b) => b.builtAt - a.builtAt).slice(keptBuilds);
  for (const { name } of old) rmSync(join(folder, name), { recursive: true, force: true });
}

const started = performance.now();
const sources = fingerprint(); // before the build: an edit during it makes the next run build again
const present = Object.entries(programs).filter(([, entry]) => existsSync(join(root, entry)));
for (const [name, entry] of Object.entries(programs)) {
  if (!existsSync(join(root, entry))) console.log(`build: ${name} left out, there is no ${entry} yet`);
}

const files = await bundleAll(present);
const hash = createHash('sha256');
for (const { name, content } of files) hash.update(`${name}\n`).update(content);
const build = hash.digest('hex').slice(0, 12);

try {
  place(files, build);
  for (const [name] of present) writeByRename(join(dist, `${name}.mjs`), starter(name, build));
  writeByRename(join(dist, 'build.json'), `${JSON.stringify({ build, fingerprint: sources })}\n`);
  removeOldBuilds();
} catch (error) {
  stop(
    `The build could not be written to ${dist}: ${error.message}`,
    `look at the folder's rights and free space`,
  );
}
const size = files.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
const took = Math.round(performance.now() - started);
console.log(
  `build: ${present.map(([name]) => name).join(', ')} in ${took} ms, ${Math.round(size / 1024)} KiB`,
);
