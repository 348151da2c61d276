import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Facts } from '../play/facts.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { fieldOf } from '../watcher/ledger.ts';
import type { Evidence } from './failure.ts';

const LAST_EVENTS = 15;
const LAST_LINES = 20;

/** What a failure can be looked into with: the last events, and the ends of the daemon's log and of failed attempts' transcripts. */
export async function gatherEvidence(sandbox: Sandbox, facts: Facts | null): Promise<readonly Evidence[]> {
  const run = facts?.runs[0];
  const found: Evidence[] = [];
  if (run !== undefined) {
    const lines = run.events.slice(-LAST_EVENTS).map(({ number, type, data }) => {
      const about = run.ledger.tasks.get(fieldOf(data, 'taskId'))?.name ?? fieldOf(data, 'attemptId');
      return `${number}  ${type}  ${about}`.trimEnd();
    });
    found.push({ title: `the last events of ${run.view.id}`, lines });
  }
  found.push(...(await tail('the end of daemon.log', join(sandbox.home, 'state/logs/daemon.log'))));
  const failed = [...(run?.ledger.attempts.values() ?? [])]
    .filter(({ status }) => status === 'failed')
    .at(-1);
  if (failed !== undefined) {
    const path = join(sandbox.home, 'state/attempts', failed.id, 'output.log');
    found.push(...(await tail(`the end of the transcript of ${failed.id} (${failed.role})`, path)));
  }
  return found;
}

async function tail(title: string, path: string): Promise<readonly Evidence[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.trimEnd().split('\n').slice(-LAST_LINES);
  return text.trim() === '' ? [] : [{ title, lines }];
}
