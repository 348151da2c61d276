import { Worker } from 'node:worker_threads';

/** All the time that a pattern gets: a good one needs milliseconds for 20 MB, a bad one never ends. */
const TIME_LIMIT_MS = 5_000;
/** No tool gives a failure a longer line; the time of a bad pattern grows with the line. */
const MAX_LINE_LENGTH = 4_096;
const MAX_NAME_LENGTH = 300;
const MAX_NAMES = 1_000;
const WORKER_MEMORY_MB = 256;

export interface FindFailures {
  /** A file with the output of a command. */
  readonly path: string;
  /** A regular expression, applied to each line; each match's first group, or the whole match, is a name. */
  readonly pattern: string;
  readonly timeLimitMs?: number;
}

export interface FoundFailures {
  /** Sorted, without doubles. */
  readonly names: readonly string[];
  /** False when the pattern took too long, is none, or found too much: there are failures that are not in `names`. */
  readonly isComplete: boolean;
}

/**
 * Runs in a thread of its own, as text, because a regular expression cannot be interrupted in the thread that runs it,
 * and because a bundle has no second file to load.
 */
const WORKER_SOURCE = `
  const { readFileSync } = require('node:fs');
  const { stripVTControlCharacters } = require('node:util');
  const { parentPort, workerData } = require('node:worker_threads');
  const { path, pattern, maxLineLength, maxNameLength, maxNames } = workerData;
  const expression = new RegExp(pattern, 'g');
  const seen = new Set();
  for (const line of readFileSync(path, 'utf8').split(/\\r\\n|\\r|\\n/)) {
    for (const match of stripVTControlCharacters(line.slice(0, maxLineLength)).matchAll(expression)) {
      const name = (match[1] ?? match[0]).trim().slice(0, maxNameLength);
      if (name === '' || seen.has(name)) continue;
      if (seen.size === maxNames) throw new Error('too many names');
      seen.add(name);
      parentPort.postMessage(name);
    }
  }
`;

/** The names of single failures in a command's output. Takes bounded time, whatever the pattern; never throws. */
export function findFailures(parameters: FindFailures): Promise<FoundFailures> {
  const { path, pattern, timeLimitMs = TIME_LIMIT_MS } = parameters;
  const limits = { maxLineLength: MAX_LINE_LENGTH, maxNameLength: MAX_NAME_LENGTH, maxNames: MAX_NAMES };
  const worker = new Worker(WORKER_SOURCE, {
    eval: true,
    workerData: { path, pattern, ...limits },
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: WORKER_MEMORY_MB },
    stdout: true,
    stderr: true,
  });
  const names: string[] = [];
  return new Promise((resolve) => {
    const timer = setTimeout(() => void worker.terminate(), timeLimitMs);
    worker.on('message', (name: string) => names.push(name));
    // A pattern that is none, a file that is gone, too much memory: `exit` follows with another code than 0.
    worker.on('error', () => {});
    worker.on('exit', (exitCode) => {
      clearTimeout(timer);
      resolve({ names: names.toSorted(), isComplete: exitCode === 0 });
    });
  });
}
