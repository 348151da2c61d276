import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentDefinition, HostFrame, Launch } from '@tina/contract';
import type { TurnOutcome } from '@tina/domain';
import { onTestFinished, vi } from 'vitest';
import type { AgentAdapter } from '../adapter/agent-adapter.ts';
import { claudeAdapter } from '../claude/claude-adapter.ts';
import { commandAdapter } from '../command/command-adapter.ts';
import { scriptedAdapter } from '../scripted/scripted-adapter.ts';
import { AgentHost, type AgentHostOptions } from '../host/agent-host.ts';
import { claimHostFile } from '../host/host-file.ts';
import { readBranch } from '../host/read-branch.ts';
import { FakeDaemon } from './fake-daemon.ts';
import { makeLaunch, type LaunchChanges } from './make-launch.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const HOST_PROGRAM = fileURLToPath(new URL('../host/main.ts', import.meta.url));
/** Of the agents that tests of the host drive. */
const ADAPTERS: Readonly<Record<string, AgentAdapter>> = {
  claude: claudeAdapter,
  command: commandAdapter,
  scripted: scriptedAdapter,
};
export const WAIT = { timeout: 8_000, interval: 5 };

export interface HostCase {
  readonly launch: Launch;
  readonly daemon: FakeDaemon;
  /** A host in this process. */
  readonly startHost: (more?: Partial<AgentHostOptions>) => AgentHost;
  /** The program itself. */
  readonly spawnHost: () => ChildProcess;
  /** Waits for a frame. */
  readonly frame: <Kind extends HostFrame['kind']>(
    kind: Kind,
    turn?: number,
  ) => Promise<Extract<HostFrame, { kind: Kind }>>;
  readonly outcomeOf: (turn: number) => Promise<TurnOutcome>;
  /** A file of the attempt. */
  readonly read: (name: string) => string;
}

/** An attempt with a daemon that has not started yet. */
export function makeHostCase(agent: AgentDefinition, changes: LaunchChanges = {}): HostCase {
  const folder = temporaryFolder();
  const launch = makeLaunch(folder, agent, changes);
  const launchFile = join(launch.directory, 'launch.json');
  writeFileSync(launchFile, JSON.stringify(launch));
  const daemon = new FakeDaemon(launch.socketPath);
  const hostCase: HostCase = {
    launch,
    daemon,
    startHost: (more) => startInProcess(launch, more),
    spawnHost() {
      const child = spawn(process.execPath, [HOST_PROGRAM, launchFile], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      onTestFinished(() => endHost(child));
      return child;
    },
    async frame(kind, turn) {
      const found = await vi.waitUntil(
        () =>
          daemon.frames.find(
            ({ frame }) =>
              frame.kind === kind && (turn === undefined || ('turn' in frame && frame.turn === turn)),
          ),
        WAIT,
      );
      return found.frame as Extract<HostFrame, { kind: typeof kind }>;
    },
    outcomeOf: async (turn) => (await hostCase.frame('turn-ended', turn)).outcome,
    read: (name) => readFileSync(join(launch.directory, name), 'utf8'),
  };
  return hostCase;
}

/** As its pane would: its agent ends with it. */
async function endHost(host: ChildProcess): Promise<void> {
  if (host.exitCode !== null || host.signalCode !== null) return;
  host.kill('SIGHUP');
  await once(host, 'exit');
}

function startInProcess(launch: Launch, more: Partial<AgentHostOptions> = {}): AgentHost {
  claimHostFile(launch.directory);
  const host = new AgentHost({
    launch,
    adapter: ADAPTERS[launch.agent.kind] ?? commandAdapter,
    agentVersion: launch.agentVersion ?? 'unknown',
    branch: readBranch(launch.worktree),
    heartbeatMs: 20,
    retryMs: 10,
    show: () => {},
    ...more,
  });
  onTestFinished(() => host.end({ exitCode: 0, reason: 'the test is over' }));
  host.start();
  return host;
}

/** An agent that runs a shell command for each of its turns. */
export function shellAgent(command: string): AgentDefinition {
  return { kind: 'command', command: ['sh', '-c', command], prompt: 'stdin', env: [] };
}
