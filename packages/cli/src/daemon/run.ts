import { TinaError } from '@tina/contract';
import { openHome } from '../home/open-home.ts';
import type { CliContext } from '../program/context.ts';
import { refuseAgent } from '../program/agent-identity.ts';
import { pathsOf } from '../program/with-client.ts';
import { readDaemonVersion, writeDaemonVersion } from './daemon-version.ts';
import { DAEMON_ALREADY_RUNNING } from './exit-code.ts';
import { isMarkedStopped } from './stopped-mark.ts';

interface Flags {
  readonly unlessStopped: boolean;
  readonly debug: boolean;
  readonly mcpPort: number | undefined;
}

export async function run(context: CliContext, flags: Flags): Promise<void> {
  refuseAgent(context, 'daemon.run');
  const home = openHome(pathsOf(context));
  const { unlessStopped, debug, mcpPort = null } = flags;
  if (unlessStopped && isMarkedStopped(home)) return;
  const { runDaemon } = await import('../service/run-daemon.ts');
  const before = readDaemonVersion(home);
  writeDaemonVersion(home, context.version);
  try {
    const { version, io } = context;
    context.process.exitCode = await runDaemon({
      home,
      version,
      unlessStopped,
      debug,
      mcpPort,
      env: io.env,
    });
  } catch (error) {
    if (error instanceof TinaError && error.code === 'daemon_runs_already') {
      // The file is about that other one.
      writeDaemonVersion(home, before);
      context.process.exitCode = DAEMON_ALREADY_RUNNING;
    }
    throw error;
  }
}
