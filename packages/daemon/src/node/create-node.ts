import type { HostHello } from '@tina/contract';
import { daemonEnvironment } from './host/daemon-environment.ts';
import type { HostChannel, HostConnection, HostFrameInput } from './host/host-channel.ts';
import type { HostedAttempt } from './host/hosted-attempt.ts';
import { HostRegistry } from './host/host-registry.ts';
import { systemClock } from './node-clock.ts';
import type { NodeOptions } from './node-options.ts';
import { systemPlatform } from './platform/system-platform.ts';
import { startNode, type StartedNode } from './start-node.ts';
import { hearSpool } from './turn/hear-spool.ts';

/** A machine's part in runs: it does their jobs and looks after their agents; it keeps no truth. */
export interface Node {
  /**
   * Announces the node, ends what nobody holds, begins to work, and waits in the background for the hosts of the attempts
   * that live on. Hosts may connect before. Throws what the control plane and the session server throw; then nothing has
   * begun.
   */
  start(): Promise<void>;
  /** Ends the work under way, which the next start does again; agents live on. Resolves when nothing is under way. */
  stop(): Promise<void>;
  /**
   * Takes the connection of an agent host that says hello. What it is told goes through the channel, possibly before this
   * resolves. Throws a TinaError with code `host_refused`, after which the host ends itself, or `shutting_down`, after
   * which it tries again.
   */
  connectHost(hello: HostHello, channel: HostChannel): Promise<HostConnection>;
  /**
   * Takes a frame of a host that has said hello with this token; resolves when the frame need not be sent again. Throws as
   * `connectHost` does.
   */
  hostFrame(input: HostFrameInput, token: string): Promise<void>;
}

/** Makes a node; nothing happens before `start`. */
export function createNode(options: NodeOptions): Node {
  const { api, clock = systemClock, log, paths, platform = systemPlatform } = options;
  const stopping = new AbortController();
  let starting: Promise<StartedNode> | null = null;
  let started: StartedNode | null = null;
  let stopListening = (): void => undefined;
  const hosts = new HostRegistry({
    api,
    clock,
    log,
    attemptsDir: paths.attemptsDir,
    files: platform.files,
    processes: platform.processes,
    daemonEnvironment: daemonEnvironment(options),
    onGone: (attempt) => void loseHost(attempt),
    onParked: () => started?.wake(),
  });

  async function loseHost(attempt: HostedAttempt): Promise<void> {
    const { attemptId, epoch } = attempt;
    const reason = 'its agent host has ended';
    try {
      // What the host has said, and what it had still to say, is heard first.
      await hearSpool(attempt, { api, log, attemptsDir: paths.attemptsDir, files: platform.files });
      await attempt.inOrder(async () => {
        if (attempt.stage === 'over') return;
        if (attempt.needsNoHost) return started?.heedLeases();
        log('warn', `An attempt is lost: ${reason}.`, { attemptId });
        hosts.release(attemptId);
        await api.loseAttempt({ attemptId, epoch, reason });
      });
    } catch (error) {
      // Its lease is not extended any more, so this comes out all the same.
      log('error', 'The loss of an attempt could not be reported.', { attemptId, error });
    }
  }

  return {
    async start() {
      stopListening = api.onMessages((attemptId) => hosts.handTo(attemptId));
      starting = startNode(options, hosts, stopping.signal);
      started = await starting;
    },
    async stop() {
      stopping.abort();
      stopListening();
      const node = await starting?.catch(() => null);
      await node?.stop();
      hosts.close();
    },
    async connectHost(hello, channel) {
      const connection = await hosts.connect(hello, channel);
      started?.heedLeases();
      return connection;
    },
    async hostFrame(input, token) {
      await hosts.frame(input, token);
      started?.heedLeases();
    },
  };
}
