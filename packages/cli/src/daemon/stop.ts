import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { TinaError, UnreachableError } from '@tina/contract';
import { printJson, printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { refuseAgent } from '../program/agent-identity.ts';
import { openClientIfThere, pathsOf } from '../program/with-client.ts';
import { markStopped } from './stopped-mark.ts';

/** It finishes the transaction and the git command it is in. */
const STOP_TIMEOUT_MS = 15_000;
const POLL_MS = 20;
const TRIES = 5;

export async function stop(context: CliContext, flags: { readonly json: boolean }): Promise<void> {
  refuseAgent(context, 'daemon.stop');
  // Also where none runs: a host may be about to start one.
  markStopped(pathsOf(context));
  const pid = await stopWhatIsThere(context);
  if (pid === null) {
    if (flags.json) return printJson(context.io, { stopped: false });
    return printLines(context.io, ['No daemon runs.']);
  }
  await untilGone(pid);
  if (flags.json) return printJson(context.io, { stopped: true, pid });
  printLines(context.io, [
    `The daemon was stopped: pid ${pid}. Agents at work go on; the next daemon adopts them.`,
  ]);
}

/** The process that ends, or has ended; null when there was none. One that comes up is waited for: it can then be asked. */
async function stopWhatIsThere(context: CliContext): Promise<number | null> {
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  for (let comingUp: number | null = null; ;) {
    const asked = await askToStop(context);
    if (asked !== null) return asked;
    const { daemonProcess } = await import('../service/daemon-process.ts');
    const pid = await daemonProcess(pathsOf(context));
    // It has seen the mark, or could not run.
    if (pid === null) return comingUp;
    if (performance.now() > deadline) throw lingers(pid);
    comingUp = pid;
    await sleep(POLL_MS);
  }
}

/** The process that will end; null when none is there. One that is just ending may still take the connection. */
async function askToStop(context: CliContext): Promise<number | null> {
  for (let tries = 1; ; tries++) {
    const client = await openClientIfThere(context);
    if (client === null) return null;
    try {
      const { pid } = await client.call('daemon.status', {});
      await client.call('daemon.stop', {}).catch(unlessLost);
      return pid;
    } catch (error) {
      if (tries === TRIES) throw error;
      unlessLost(error);
      await sleep(POLL_MS);
    } finally {
      client.close();
    }
  }
}

/** A daemon that ends before it answers has done what it was asked. */
function unlessLost(error: unknown): void {
  if (!(error instanceof UnreachableError) || error.code !== 'connection_lost') throw error;
}

async function untilGone(pid: number): Promise<void> {
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  while (isAlive(pid)) {
    if (performance.now() > deadline) throw lingers(pid);
    await sleep(POLL_MS);
  }
}

function lingers(pid: number): TinaError {
  return new TinaError({
    code: 'daemon_lingers',
    message: `The daemon was asked to stop and still runs after ${STOP_TIMEOUT_MS / 1000} s: pid ${pid}.`,
    next: [`kill ${pid}`, 'tina daemon status'],
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(pid);
}

/** One that has ended stays in the table until it is reaped, which in many containers takes seconds, or for ever. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.startsWith('Z', stat.lastIndexOf(')') + 2);
  } catch {
    return false;
  }
}
