import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { markerPairs } from './environment-marker.ts';
import type { FoundProcess, ProcessEntry, ProcessTable } from './process-table.ts';

const run = promisify(execFile);

/** A listing with environments of a machine full of processes stays well below. */
const MAX_LISTING_BYTES = 64 * 1024 * 1024;
/** Words of `ps` depend on both; a start time that depends on them could not be compared. */
const PLAIN_ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
const COLUMNS = 'pid=,pgid=,stat=,lstart=';

/**
 * `ps`, for macOS. Start times have whole seconds. macOS shows the environment of none of its own protected programs
 * (`/bin/sh`, `/usr/bin/*`): those are found only as members of a group.
 */
export function psProcessTable(platform: NodeJS.Platform): ProcessTable {
  // The same question to two dialects: `-E` is macOS; procps, which the tests use, knows only the old `e`.
  const withEnvironment = platform === 'darwin' ? ['-A', '-E', '-ww'] : ['axeww'];
  return {
    async read(pid) {
      return parseLine(await ps(['-o', COLUMNS, '-p', String(pid)]))?.entry ?? null;
    },

    async find({ marker, groupIds }) {
      const pairs = markerPairs(marker);
      const listing = await ps([...withEnvironment, '-o', `${COLUMNS},command=`]);
      const running = listing
        .split('\n')
        .map(parseLine)
        .filter((line) => line !== null)
        .filter((line) => !line.entry.isZombie);
      const found = await Promise.all(
        running.map(async ({ entry, words }): Promise<FoundProcess> => {
          const carriesMarker = carries(words, pairs) && (await isInEnvironment(entry.pid, words, pairs));
          return { ...entry, carriesMarker };
        }),
      );
      return found.filter((entry) => entry.carriesMarker || groupIds.has(entry.groupId));
    },

    async readVariable(pid, name) {
      const withOne = platform === 'darwin' ? ['-E', '-ww'] : ['eww'];
      const [words, command] = await Promise.all([
        ps([...withOne, '-o', 'command=', '-p', String(pid)]),
        ps(['-ww', '-o', 'command=', '-p', String(pid)]),
      ]);
      // What stands before the environment are the arguments, which may look like it.
      const variables = words.trim().slice(command.trim().length).split(/\s+/);
      return variables.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
    },
  };
}

interface Line {
  readonly entry: ProcessEntry;
  /** The command line, followed by the environment where `ps` was asked for it. */
  readonly words: string;
}

/** The pair could be an argument of the command: look at what comes after the bare command line. */
async function isInEnvironment(pid: number, words: string, pairs: readonly string[]): Promise<boolean> {
  const command = (await ps(['-ww', '-o', 'command=', '-p', String(pid)])).trim();
  return command !== '' && words.startsWith(command) && carries(words.slice(command.length), pairs);
}

function carries(words: string, pairs: readonly string[]): boolean {
  const delimited = ` ${words} `;
  return pairs.every((pair) => delimited.includes(` ${pair} `));
}

const LINE = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]+\s+\d{4})(?:\s+(.*))?$/;

/** One line of `ps`; null for what is not one, such as the second line of a command with a line break. */
function parseLine(text: string): Line | null {
  const match = LINE.exec(text.trimEnd());
  if (!match) return null;
  const [, pid, groupId, state, startTime, words] = match;
  return {
    entry: {
      pid: Number(pid),
      groupId: Number(groupId),
      startTime: (startTime ?? '').replaceAll(/\s+/g, ' '),
      isZombie: (state ?? '').startsWith('Z'),
    },
    words: words ?? '',
  };
}

/** What `ps` prints; empty when it finds no such process, which it says by exit code 1. */
async function ps(args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run('ps', args, { env: PLAIN_ENVIRONMENT, maxBuffer: MAX_LISTING_BYTES });
    return stdout;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 1) return '';
    throw error;
  }
}
