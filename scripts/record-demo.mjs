// npm run record: records the demo in a real terminal and draws it as docs/demo.svg, the picture in the README.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepare, root } from './lib/prepare.mjs';
import { drawFrames } from './lib/draw-frames.mjs';

const WIDTH = 92;
const HEIGHT = 36;
/** More pictures make the file larger, not clearer. */
const MAX_FRAMES = 26;
const POLL_MS = 100;
const TIMEOUT_MS = 120_000;

const folder = mkdtempSync(join(tmpdir(), 'tina-record-'));
const node = prepare({ build: true });
const tmux = (...args) =>
  execFileSync('tmux', ['-S', join(folder, 'tmux.sock'), '-f', '/dev/null', ...args], { encoding: 'utf8' });

try {
  const demo = `exec '${node}' '${join(root, 'packages/harness/src/demo/main.ts')}'; sleep 1`;
  const command = `cd '${folder}'; ${demo.replace('exec ', '')}`;
  const size = ['-x', String(WIDTH), '-y', String(HEIGHT)];
  tmux(
    'new-session',
    '-d',
    ...size,
    '-e',
    'TERM=xterm-256color',
    '-e',
    'LANG=C.UTF-8',
    `${command}; sleep 3600`,
  );
  tmux('set', '-g', 'status', 'off');
  writeFileSync(
    join(root, 'docs/demo.svg'),
    drawFrames(choose(await record()), { width: WIDTH, height: HEIGHT }),
  );
} finally {
  try {
    tmux('kill-server');
  } catch {
    // It is gone already.
  }
  rmSync(folder, { recursive: true, force: true });
}

/** Pictures of the terminal with the time of each, from the start until the demo says how to go on. */
async function record() {
  const frames = [];
  const began = Date.now();
  while (Date.now() - began < TIMEOUT_MS) {
    const screen = tmux('capture-pane', '-p', '-e').replaceAll(folder, '/tmp');
    if (screen !== frames.at(-1)?.screen) frames.push({ at: Date.now() - began, screen });
    if (screen.includes('npm run demo -- --keep')) return frames;
    await sleep(POLL_MS);
  }
  throw new Error('the demo did not come to its end');
}

/** Some of the pictures, evenly, with the last one among them. */
function choose(frames) {
  const step = Math.max(1, frames.length / MAX_FRAMES);
  const chosen = [];
  for (let index = 0; index < frames.length - 1; index += step) chosen.push(frames[Math.floor(index)]);
  return [...chosen, frames.at(-1)];
}
