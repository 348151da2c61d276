import { writeSync } from 'node:fs';
import { adapterFor } from '../adapter/adapter-for.ts';
import { AgentHost } from './agent-host.ts';
import { HOST_EXIT } from './host-exit.ts';
import { claimHostFile } from './host-file.ts';
import { Pane } from './pane.ts';
import { readBranch } from './read-branch.ts';
import { readLaunch } from './read-launch.ts';

/** A person who attaches gets so long to see the last lines; nobody waits longer for a pane. */
const PANE_FLUSH_MS = 100;

const KEYS_AFTER_MS = 100;

/** `agent-host <launch.json>`: drives the agent of one attempt. Exit codes are in `HOST_EXIT`; a signal is 128 and its number. */
async function main(): Promise<number> {
  const pane = new Pane(1);
  const refuse = async (exitCode: number, reason: string): Promise<number> => {
    complain(reason);
    pane.write(`tina agent host: ${reason}\n`);
    await pane.flush(PANE_FLUSH_MS);
    return exitCode;
  };
  const launch = readLaunch(process.argv[2] ?? '');
  if ('problem' in launch) return await refuse(HOST_EXIT.badLaunch, launch.problem);
  if (!claimHostFile(launch.directory)) {
    return await refuse(HOST_EXIT.anotherHost, `attempt ${launch.attemptId} has, or had, another host`);
  }
  const adapter = await adapterFor(launch.agent.kind);
  const { agent, agentVersion, worktree, env } = launch;
  const context = { projectDirectory: worktree, env };
  const host = new AgentHost({
    launch,
    adapter,
    agentVersion: agentVersion ?? (await adapter.probe(agent, context)).version ?? 'unknown',
    branch: readBranch(worktree),
    show: (text) => pane.write(text),
  });
  endOnSignals(host);
  host.start();
  // After the start: loading what Node has for terminals takes 3 ms.
  setTimeout(ignoreKeys, KEYS_AFTER_MS).unref();
  const { exitCode, reason } = await host.ended;
  if (exitCode !== HOST_EXIT.ended) complain(`attempt ${launch.attemptId} ends: ${reason}`);
  await pane.flush(PANE_FLUSH_MS);
  return exitCode;
}

/** The pane is gone with the host; what goes to stderr is kept by the daemon. */
function complain(reason: string): void {
  try {
    writeSync(2, `tina agent host: ${reason}\n`);
  } catch {
    // Nobody listens.
  }
}

/** The pane's end is a SIGHUP. Ctrl-C is no wish to end an attempt: `tina cancel` is. */
function endOnSignals(host: AgentHost): void {
  for (const [signal, number] of [
    ['SIGHUP', 1],
    ['SIGTERM', 15],
  ] as const) {
    process.on(signal, () => void host.end({ exitCode: 128 + number, reason: signal }));
  }
  process.on('SIGINT', () => {});
  process.on('SIGQUIT', () => {});
  process.on('uncaughtException', (error) => {
    void host.end({ exitCode: HOST_EXIT.failed, reason: `the host failed: ${error.stack ?? error.message}` });
  });
}

/** Keys typed into the pane are neither echoed nor acted upon; above all Ctrl-S does not hold the output. */
function ignoreKeys(): void {
  try {
    if (process.stdin.isTTY) process.stdin.setRawMode(true);
  } catch {
    // The terminal went away meanwhile; the SIGHUP says so.
  }
}

process.exit(await main());
