import { openHome } from '../home/open-home.ts';
import type { CliContext } from '../program/context.ts';
import { pathsOf } from '../program/with-client.ts';
import { readDaemonVersion, writeDaemonVersion } from './daemon-version.ts';
import { DAEMON_ALREADY_RUNNING } from './exit-code.ts';

export async function run(context: CliContext): Promise<void> {
  const home = openHome(pathsOf(context));
  const { runDaemon } = await import('../service/run-daemon.ts');
  const before = readDaemonVersion(home);
  writeDaemonVersion(home, context.version);
  const code = await runDaemon({ home, version: context.version, env: context.io.env });
  // Another daemon has the home: the file is about that one.
  if (code === DAEMON_ALREADY_RUNNING) writeDaemonVersion(home, before);
  context.process.exitCode = code;
}
