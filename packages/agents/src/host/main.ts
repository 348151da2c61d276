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
    const line = `tina agent host: ${reason}\n`;
    pane.write(line);
    // The pane is gone with the host; the daemon keeps what goes to stderr.
    process.stderr.write(line);
    await pane.flush(PANE_FLUSH_MS);
    return exitCode;
  };
  const launch = readLaunch(process.argv[2] ?? '');
  if ('problem' in launch) return await refuse(HOST_EXIT.badLaunch, launch.problem);
  if (!claimHostFile(launch.directory)) {
    return await refuse(HOST_EXIT.anotherHost, `attempt ${launch.attemptId} has, or had, another host`);
  }
  const adapter = adapterFor(launch.agent.kind);
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
  const { exitCode } = await host.ended;
  await pane.flush(PANE_FLUSH_MS);
  return exitCode;
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
