import type { ActionView, CheckView, EventView, RunView, VerifyView } from '@tina/contract';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { until } from '../sandbox/until.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Ledger } from '../watcher/ledger.ts';
import type { Facts, RunFacts } from './facts.ts';

/** Worktrees and sessions of an ended run are cleared away after the end is told. */
const CLEARING_TIMEOUT_MS = 10_000;

/** Asks Tina and git for everything that is to be compared. `begin` is the commit that the base branch began at. */
export async function collectFacts(
  sandbox: Sandbox,
  scenario: Scenario,
  ledgers: readonly Ledger[],
  begin: string,
): Promise<Pick<Facts, 'runs' | 'commits' | 'files' | 'isCheckoutClean' | 'verified'>> {
  const runs = await inOrder(ledgers, (ledger) => runFacts(sandbox, ledger));
  const paths = [...(scenario.expected.files?.keys() ?? []), ...scenario.expectedFiles.keys()];
  const log = await sandbox.git('log', '--reverse', '--no-merges', '--format=%s', `${begin}..main`);
  const status = await sandbox.git('status', '--porcelain', '--untracked-files=no');
  return {
    runs,
    commits: log.split('\n').filter((subject) => subject !== ''),
    files: new Map(await inOrder(paths, async (path) => [path, await fileAtMain(sandbox, path)] as const)),
    isCheckoutClean: status === '',
    verified: runs.length === 0 ? [] : await verify(sandbox),
  };
}

/** Ends with 1 where something differs, and says all the same what. */
async function verify(sandbox: Sandbox): Promise<readonly VerifyView[]> {
  const { stdout, stderr } = await sandbox.tina('verify', '--all', '--json');
  if (stdout === '') throw new Error(`tina verify said nothing: ${stderr}`);
  return JSON.parse(stdout) as readonly VerifyView[];
}

async function runFacts(sandbox: Sandbox, ledger: Ledger): Promise<RunFacts> {
  const { runId } = ledger;
  const view = await sandbox.json<RunView>('status', runId);
  const events = await sandbox.jsonLines<EventView>('events', runId);
  const actions = await sandbox.jsonLines<ActionView>('actions', runId);
  const attempts = [...ledger.attempts.keys()];
  const prompts = await Promise.all(
    attempts.map(async (attempt) => {
      const path = join(sandbox.home, 'state', 'attempts', attempt, 'prompt.md');
      return [attempt, await readFile(path, 'utf8').catch(() => '')] as const;
    }),
  );
  return { view, events, actions, ledger, checks: lastChecks(events), prompts: new Map(prompts) };
}

/** The newest result of each check, whoever it was run for. */
function lastChecks(events: readonly EventView[]): ReadonlyMap<string, CheckView> {
  const results = events.flatMap(({ data }) => {
    const evidence = data['evidence'] as { readonly checks?: readonly CheckView[] } | undefined;
    const checks = evidence?.checks ?? data['checks'];
    return (Array.isArray(checks) ? checks : []) as readonly CheckView[];
  });
  return new Map(results.filter(({ outcome }) => outcome !== undefined).map((check) => [check.name, check]));
}

function fileAtMain(sandbox: Sandbox, path: string): Promise<string | null> {
  const real = { PATH: process.env['PATH'] ?? '' };
  const args = ['-C', sandbox.repository, 'show', `main:${path}`];
  return sandbox.run('git', args, { env: real }).then(({ code, stdout }) => (code === 0 ? stdout : null));
}

/** What is still there although every run has ended and nobody asks anything: worktrees, and processes beside the daemon. */
export async function leftoversOf(sandbox: Sandbox): Promise<readonly string[]> {
  let found: readonly string[] = [];
  const isClear = async (): Promise<boolean> => {
    found = [...(await worktreesOf(sandbox)), ...(await processesOf(sandbox))];
    return found.length === 0;
  };
  await until('everything is cleared away', isClear, CLEARING_TIMEOUT_MS).catch(() => undefined);
  return found;
}

async function worktreesOf(sandbox: Sandbox): Promise<readonly string[]> {
  const folder = join(sandbox.home, 'state', 'worktrees');
  const names = existsSync(folder) ? await readdir(folder) : [];
  return names.map((name) => `worktrees of ${name}`);
}

/** Nothing but the daemon may run. */
async function processesOf(sandbox: Sandbox): Promise<readonly string[]> {
  const [all, daemons] = await Promise.all([sandbox.processes(), sandbox.processesWith('daemon run')]);
  return all.filter((pid) => !daemons.includes(pid)).map((pid) => `process ${pid}`);
}

/** One after the other: Tina answers each question faster than a busy machine starts two programs. */
async function inOrder<T, R>(items: readonly T[], ask: (item: T) => Promise<R>): Promise<readonly R[]> {
  const answers: R[] = [];
  for (const item of items) answers.push(await ask(item));
  return answers;
}
