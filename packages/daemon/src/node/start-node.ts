import { removeLaunchScripts } from '../session/index.ts';
import { adoptAttempts, expectHeld } from './adoption/adopt-attempts.ts';
import { endAbandonedCommands, endOrphans } from './adoption/end-orphans.ts';
import { TimedCache } from './attempt/timed-cache.ts';
import { agentsAtWork, leasesOf, parkedAttempts, type Holdings } from './holdings.ts';
import type { HostRegistry } from './host/host-registry.ts';
import { acceptStarted } from './job/accept-started.ts';
import type { NodeTools } from './job/job-work.ts';
import { Launches } from './job/launches.ts';
import { performJob } from './job/perform-job.ts';
import { WorkLoop } from './job/work-loop.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { systemClock } from './node-clock.ts';
import type { NodeOptions } from './node-options.ts';
import { systemPlatform } from './platform/system-platform.ts';

/** An agent CLI may be updated, and what git's configuration says changed, at any time. */
const REMEMBERED_MS = 10 * 60_000;

/** A node at work. */
export interface StartedNode {
  /** To be called when an agent may start that could not before. */
  wake(): void;
  /** To be called when an attempt's host was heard of. */
  heedLeases(): void;
  stop(): Promise<void>;
}

/** Clears away what an earlier daemon left, registers the node and sets it to work. */
export async function startNode(
  options: NodeOptions,
  hosts: HostRegistry,
  signal: AbortSignal,
): Promise<StartedNode> {
  const { api, nodeId, homeId, paths, log } = options;
  const tools = await openTools(options, hosts);
  await endAbandonedCommands(homeId, tools.platform, signal);
  const { incarnation, attempts } = await api.register({ nodeId, name: options.nodeName });
  expectHeld(attempts, hosts);
  hosts.open();

  const common = { api, nodeId, incarnation, clock: tools.clock, log };
  const holdings = (): Holdings => ({ jobs: loop.held, attempts: hosts.all });
  const loop: WorkLoop = new WorkLoop({
    ...common,
    agentCapacity: () => Math.max(0, options.machineAgents - agentsAtWork(holdings())),
    parkedAttempts: () => parkedAttempts(holdings()),
    perform: (assignment, jobSignal) => performJob(assignment, jobSignal, tools),
    onDone: (assignment, outcome, answer) => acceptStarted(hosts, assignment, outcome, answer),
    onHeld: () => leases.heed(),
  });
  const leases = new LeaseKeeper({
    ...common,
    held: () => leasesOf(holdings()),
    onLost({ lostJobs, lostAttempts }) {
      loop.abort(lostJobs, 'lease_lost');
      for (const attemptId of lostAttempts) {
        log('warn', "An attempt's lease is lost; its host is told to end.", { attemptId });
        hosts.release(attemptId)?.channel?.send({ kind: 'end', reason: 'its lease was lost' });
      }
    },
  });
  const unsubscribe = api.onWork((withdrawn) => {
    loop.abort(withdrawn, 'withdrawn');
    loop.wake();
  });
  loop.wake();

  const heldAttempts = (): readonly string[] => hosts.all.map(({ attemptId }) => attemptId);
  const background = [
    adoptAttempts(attempts, {
      ...tools,
      attemptsDir: paths.attemptsDir,
      signal,
      onKept: () => leases.heed(),
    }),
    endOrphans({ ...tools, attemptsDir: paths.attemptsDir, heldAttempts, signal }),
  ];
  return {
    wake: () => loop.wake(),
    heedLeases: () => leases.heed(),
    async stop() {
      unsubscribe();
      leases.stop();
      await Promise.all([loop.stop(), ...background]);
      // The next daemon does it as well.
      await tools.sessions.letGo().catch(() => undefined);
    },
  };
}

async function openTools(options: NodeOptions, hosts: HostRegistry): Promise<NodeTools> {
  const {
    paths,
    homeId,
    programs,
    environment,
    api,
    log,
    clock = systemClock,
    platform = systemPlatform,
  } = options;
  // Nothing is being started yet: what lies there is of a daemon that has died.
  await removeLaunchScripts(paths, platform.files).catch((error: unknown) =>
    log('error', 'Scripts that start sessions are left, and could not be removed.', { error }),
  );
  const sessions = await platform.openSessions({ stateDir: paths.stateDir });
  // Not waited for: a tmux that hangs must not keep the daemon from starting (G06).
  void sessions
    .letGo()
    .catch((error: unknown) => log('warn', 'tmux does not answer; sessions cannot be started.', { error }));
  return {
    paths,
    homeId,
    programs,
    environment,
    api,
    log,
    clock,
    hosts,
    sessions,
    platform,
    hasTmux: (await sessions.probe()).kind === 'tmux',
    versions: new TimedCache(clock, REMEMBERED_MS),
    identities: new TimedCache(clock, REMEMBERED_MS),
    userHooks: new TimedCache(clock, REMEMBERED_MS),
    knownSlots: new Map(),
    seenHeads: new Map(),
    launches: new Launches(clock),
  };
}
