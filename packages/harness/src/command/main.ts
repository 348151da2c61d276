import { spawn } from 'node:child_process';
import { TinaError } from '@tina/contract';
import { buildWhatIsStale } from './build.ts';
import { harness, readArguments } from './harness.ts';
import { renderError } from './render-error.ts';

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => abort.abort());
// Nobody reads any more, as in `tina harness run --all | head`: what was begun is cleared away all the same.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => abort.abort());

const args = process.argv.slice(2);
const given = readArguments(args);
const err = (text: string): void => void process.stderr.write(text);

/** Plays in the build that was just made; the answer is its exit code. */
function playOn(program: string): Promise<number> {
  const [command = '', ...rest] = args;
  return new Promise((resolve) => {
    // Before the rest: behind a `--` everything is the name of a scenario.
    const again = [program, command, '--skip-build', ...rest];
    const child = spawn(process.execPath, again, { stdio: 'inherit' });
    abort.signal.addEventListener('abort', () => child.kill('SIGTERM'));
    child.once('error', () => resolve(1));
    child.once('close', (code) => resolve(code ?? 1));
  });
}

async function main(): Promise<number> {
  let newer: string | null = null;
  if (given.command === 'run' && !given['skip-build']) {
    try {
      newer = await buildWhatIsStale(err);
    } catch (error) {
      if (!(error instanceof TinaError)) throw error;
      err(
        given.json
          ? `${JSON.stringify({ error: error.toData() })}\n`
          : renderError(error.toData(), given.colour),
      );
      return 1;
    }
  }
  if (newer !== null) return playOn(newer);
  return harness(given, {
    cwd: process.cwd(),
    env: process.env,
    out: (text) => void process.stdout.write(text),
    err,
    colour: given.colour,
    signal: abort.signal,
  });
}

process.exitCode = await main();
