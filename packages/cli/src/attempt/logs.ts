import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TinaError, UnreachableError, type ProcedureOutput } from '@tina/contract';
import { interrupted } from '../follow/interrupted.ts';
import { printJson } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { openClientIfThere, pathsOf, request } from '../program/with-client.ts';
import { INTERRUPTED, untilInterrupted } from '../terminal/until-interrupted.ts';

const POLL_MS = 200;
/** How many polls pass between two looks whether the attempt has ended. */
const POLLS_PER_LOOK = 5;

type Attempt = ProcedureOutput<'attempt.get'>;

export async function logs(
  context: CliContext,
  flags: { readonly follow: boolean; readonly json: boolean },
  which: string,
): Promise<void> {
  const { io } = context;
  const attempt = await request(context, (client) => client.call('attempt.get', { attempt: which }));
  const path = resolve(pathsOf(context).stateDir, attempt.outputPath);
  if (flags.json && !flags.follow) return printJson(io, { ...attempt, output: readAll(path, attempt) });
  const print = (text: string): void => (flags.json ? printJson(io, { text }) : io.stdout.write(text));
  if (!flags.follow) return print(readAll(path, attempt));
  const end = await untilInterrupted(io, (signal) => follow(context, { attempt, path, print, signal }));
  if (end === INTERRUPTED) interrupted(context, `tina logs ${attempt.id} --follow`, flags.json);
}

interface Following {
  readonly attempt: Attempt;
  readonly path: string;
  readonly print: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Like `tail -f`, until the attempt has ended and everything it wrote was shown. */
async function follow(context: CliContext, { attempt, path, print, signal }: Following): Promise<void> {
  let offset = 0;
  let ended = hasEnded(attempt);
  // A character may be cut in two by the end of what is there.
  const decoder = new TextDecoder();
  for (let polls = 1; !signal.aborted; polls++) {
    const last = ended;
    for (let part = readFrom(path, offset); part.length > 0; part = readFrom(path, offset)) {
      offset += part.length;
      print(decoder.decode(part, { stream: true }));
    }
    if (last) return;
    await sleep(POLL_MS);
    if (polls % POLLS_PER_LOOK === 0) ended = await isKnownToHaveEnded(context, attempt.id);
  }
}

/** An agent writes on while the daemon is away: that is no reason to stop, nor to start one. */
async function isKnownToHaveEnded(context: CliContext, attempt: string): Promise<boolean> {
  try {
    const client = await openClientIfThere(context);
    if (client === null) return false;
    try {
      return hasEnded(await client.call('attempt.get', { attempt }));
    } finally {
      client.close();
    }
  } catch (error) {
    if (error instanceof UnreachableError) return false;
    throw error;
  }
}

function hasEnded({ settled, endedAt }: Attempt): boolean {
  return settled || endedAt !== null;
}

function readAll(path: string, attempt: Attempt): string {
  const parts: Buffer[] = [];
  let offset = 0;
  for (let part = readFrom(path, offset); part.length > 0; part = readFrom(path, offset)) {
    parts.push(part);
    offset += part.length;
  }
  if (parts.length > 0 || !hasEnded(attempt)) return Buffer.concat(parts).toString('utf8');
  throw new TinaError({
    code: 'no_output',
    message: `Attempt ${attempt.id} has no output: it wrote none, or its files were cleaned up.`,
    place: { file: path },
    next: [`tina task ${attempt.taskId}`],
  });
}

/** What stands in the file from `offset` on, at most a megabyte; empty when there is no file yet. */
function readFrom(path: string, offset: number): Buffer {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
  try {
    const length = Math.min(1_000_000, Math.max(0, fstatSync(descriptor).size - offset));
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, length, offset));
  } finally {
    closeSync(descriptor);
  }
}
