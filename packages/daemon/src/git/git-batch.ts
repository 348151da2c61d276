import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { Collected, ended, feed, runAlone, terminateOnAbort } from './git-process.ts';
import type { GitEnd, GitProcess } from './git-process.ts';
import { shellQuote } from './shell-quote.ts';

interface Waiting {
  readonly run: GitProcess;
  readonly resolve: (end: GitEnd | Promise<GitEnd>) => void;
}

/** What was asked for in this moment. */
let waiting: Waiting[] = [];

/**
 * Runs git. What is asked for in one moment is started by one shell: a process of the daemon's size takes two milliseconds to
 * make, in which the daemon does nothing else, and most questions come in threes and fours. Each has its own streams and exit
 * code; they end together.
 */
export function runTogether(run: GitProcess): Promise<GitEnd> {
  if (run.remote) return runAlone(run);
  return new Promise((resolve) => {
    waiting.push({ run, resolve });
    if (waiting.length === 1) queueMicrotask(startWaiting);
  });
}

function startWaiting(): void {
  const bySignal = Map.groupBy(waiting, ({ run }) => run.signal);
  waiting = [];
  for (const [signal, group] of bySignal) {
    if (signal?.aborted === true) for (const { resolve } of group) resolve(NEVER_BEGUN);
    // A variable that only one of them has could not be taken from the others.
    else for (const alike of Map.groupBy(group, namesOfVariables).values()) startAlike(alike);
  }
}

const NEVER_BEGUN: GitEnd = { exitCode: null, stdout: '', stderr: '', overflowed: false };

function namesOfVariables({ run }: Waiting): string {
  return Object.keys(run.env).toSorted().join(' ');
}

function startAlike(group: readonly Waiting[]): void {
  for (const seats of seated(group)) {
    const ends = seats.length === 1 ? null : runBatch(seats.map(({ run }) => run));
    for (const [index, { run, resolve }] of seats.entries()) {
      resolve(ends === null ? runAlone(run) : ends.then((all) => all[index] ?? runAlone(run)));
    }
  }
}

/** A POSIX shell can name ten descriptors: none is its input, one tells the exit codes. */
const FIRST_STREAM = 2;
const LAST_STREAM = 9;

/** As many at a time as have streams of their own. */
function seated(group: readonly Waiting[]): readonly (readonly Waiting[])[] {
  const batches: Waiting[][] = [];
  let next = LAST_STREAM + 1;
  for (const each of group) {
    if (next + streamsOf(each.run) > LAST_STREAM + 1) {
      batches.push([]);
      next = FIRST_STREAM;
    }
    batches.at(-1)?.push(each);
    next += streamsOf(each.run);
  }
  return batches;
}

/** Output and complaints, and before them input where there is some. */
function streamsOf({ input }: GitProcess): number {
  return input === undefined ? 2 : 3;
}

/** For each git its end; none where it was not even started: alone it says why. */
async function runBatch(runs: readonly GitProcess[]): Promise<readonly (GitEnd | undefined)[]> {
  const [first] = runs;
  const child = spawn('/bin/sh', ['-c', batchScript(runs)], {
    cwd: '/',
    env: first?.env,
    stdio: [
      'ignore',
      'pipe',
      ...runs.flatMap((run) => Array.from({ length: streamsOf(run) }, () => 'pipe' as const)),
    ],
    // A group of its own, to be ended with all of them.
    detached: true,
  });
  const kill = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // They have ended.
    }
  };
  const codes = Collected.output(child.stdout, () => undefined);
  const streams = child.stdio.slice(FIRST_STREAM);
  const heard = runs.map(({ input }) => {
    if (input !== undefined) feed(streams.shift() as Writable | null, input);
    return {
      stdout: Collected.output(streams.shift() as Readable | null, () => kill('SIGTERM')),
      stderr: Collected.complaints(streams.shift() as Readable | null),
    };
  });
  const stopListening = terminateOnAbort(kill, first?.signal);
  try {
    await ended(child, () => first?.signal?.aborted === true);
  } catch {
    return [];
  } finally {
    stopListening();
  }
  const exitCodes = codes.text.split('\n').slice(0, -1);
  return heard.map(({ stdout, stderr }, index) => {
    const said = exitCodes[index];
    if (said === NO_FOLDER || said === NO_GIT) return undefined;
    const exitCode = said === undefined ? null : Number(said);
    return { exitCode, stdout: stdout.text, stderr: stderr.text, overflowed: stdout.overflowed };
  });
}

/** Neither is an exit code of git's. */
const NO_FOLDER = '125';
const NO_GIT = '127';

function batchScript(runs: readonly GitProcess[]): string {
  const [first] = runs;
  let next = FIRST_STREAM;
  const starts = runs.map(({ cwd, args, env, input }, index) => {
    const stdin = input === undefined ? '/dev/null' : `&${next++}`;
    const [stdout, stderr] = [next++, next++];
    const own = Object.entries(env).filter(([name, value]) => first?.env[name] !== value);
    const exports = own.map(([name, value]) => `export ${name}=${shellQuote(value)}; `).join('');
    return (
      `(cd -- ${shellQuote(cwd)} || exit ${NO_FOLDER}; ${exports}exec git ${args.map(shellQuote).join(' ')}) ` +
      `<${stdin} >&${stdout} 2>&${stderr} & p${index}=$!`
    );
  });
  const ends = runs.map((_, index) => `wait $p${index}; echo $?`);
  return [...starts, ...ends].join('\n');
}
