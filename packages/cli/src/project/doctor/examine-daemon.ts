import { readFileSync, statSync } from 'node:fs';
import { UnreachableError, TinaError } from '@tina/contract';
import type { HomePaths } from '../../home/paths.ts';
import { placeText } from '../../output/render-error.ts';
import type { CliContext } from '../../program/context.ts';
import { openClientIfThere } from '../../program/with-client.ts';
import { notOk, ok, type Examination } from '../examination.ts';

/** A daemon answers in a millisecond; one that is busy, in a few hundred. */
const ANSWER_LIMIT_MS = 3_000;

/** Starts none: a daemon that does not run is fine. */
export async function examineDaemon(context: CliContext, paths: HomePaths): Promise<Examination> {
  try {
    const client = await openClientIfThere(context);
    if (client === null) return await examineAbsent(paths);
    try {
      const daemon = await client.call('daemon.status', {}, { timeoutMs: ANSWER_LIMIT_MS });
      return examineVersion(daemon, context.version);
    } finally {
      client.close();
    }
  } catch (error) {
    if (!(error instanceof TinaError)) throw error;
    if (error instanceof UnreachableError && error.code === 'timeout') return await examineSilent(paths);
    const place = placeText(error.place);
    return notOk('missing', 'daemon', error.message, error.next, { details: place === null ? [] : [place] });
  }
}

function examineVersion(
  { pid, version }: { readonly pid: number; readonly version: string },
  own: string,
): Examination {
  const found = `running, pid ${pid}`;
  if (version === own) return ok('daemon', found, version);
  const next = ['tina daemon stop && tina daemon start'];
  return notOk('warning', 'daemon', `${found}, of another version than this program (${own})`, next, {
    version,
  });
}

/** Nobody listens: because none runs, or because the one that does has no socket any more. */
async function examineAbsent(paths: HomePaths): Promise<Examination> {
  const pid = await lockHolder(paths);
  if (pid !== null) {
    const found = `process ${pid} holds the daemon's lock, and nothing listens on ${paths.socketPath}`;
    return notOk('missing', 'daemon', found, [...whatToDoWith(pid), 'tina daemon start']);
  }
  const left = statSync(paths.socketPath, { throwIfNoEntry: false });
  if (left?.isDirectory() === true) {
    const found = `not running; ${paths.socketPath} is a folder, and no daemon can listen there`;
    return notOk('missing', 'daemon', found, [`mv ${paths.socketPath} ${paths.socketPath}.away`]);
  }
  if (left !== undefined) {
    const what = left.isSocket() ? 'is left of one that was killed' : 'is no socket';
    return notOk('warning', 'daemon', `not running; ${paths.socketPath} ${what}`, [
      'tina daemon start, which makes it anew',
    ]);
  }
  return ok('daemon', 'not running; commands start it when they need it');
}

/** It took the connection and says nothing: it hangs, or somebody stopped its process. */
async function examineSilent(paths: HomePaths): Promise<Examination> {
  const pid = await lockHolder(paths);
  const who = pid === null ? 'the daemon' : `the daemon (process ${pid})`;
  const found = `${who} is there, and does not answer within ${ANSWER_LIMIT_MS / 1000} s`;
  const isStopped = pid !== null && stateOf(pid) === 'T';
  return notOk('missing', 'daemon', isStopped ? `${found}: its process is stopped` : found, [
    ...(pid === null ? [] : isStopped ? [`kill -CONT ${pid}`] : whatToDoWith(pid)),
    `tail ${paths.logsDir}/daemon.log`,
  ]);
}

function whatToDoWith(pid: number): readonly string[] {
  return [`ps -o pid,stat,etime,args -p ${pid}`, `kill ${pid}, and when it stays: kill -9 ${pid}`];
}

/** The process that holds the daemon's lock. Only a daemon that cannot be reached is worth the loading of what tells. */
async function lockHolder(paths: HomePaths): Promise<number | null> {
  const { daemonProcess } = await import('../../service/daemon-process.ts');
  return daemonProcess(paths);
}

/** The letter of the process's state, where the system has one to read. */
function stateOf(pid: number): string | null {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? null;
  } catch {
    return null;
  }
}
