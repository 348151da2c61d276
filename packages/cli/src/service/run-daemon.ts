import { TinaError } from '@tina/contract';
import {
  type CallContext,
  type Caller,
  type ControlPlane,
  createControlPlane,
  createDebugger,
  type Debugger,
  debugOff,
  type Handlers,
  listenOnSocket,
  serveCall,
} from '@tina/control-plane';
import { acquireLock, createMachine, createNode, createRemains, type Node } from '@tina/daemon';
import { evolve, initialState, runStatus } from '@tina/domain';
import { openSqliteStore, type Store } from '@tina/store';
import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { daemonLogPath } from '../daemon/daemon-log.ts';
import type { DaemonOptions } from '../daemon/daemon-options.ts';
import { isMarkedStopped, markStopped, unmarkStopped } from '../daemon/stopped-mark.ts';
import { createServiceLog, type ServiceLog } from './daemon-log.ts';
import { createHostHandlers } from './host-handlers.ts';
import type { McpHttp, McpHttpOptions } from './mcp-http.ts';
import { machineAgents, nodePrograms } from './node-settings.ts';

/** Letters and digits that are not mistaken for each other. */
const ID_ALPHABET = '23456789abcdefghjkmnpqrstvwxyz';
const ID_LENGTH = 10;

/** The start of every id: ten random characters, 49 bits. */
function newId(): string {
  return Array.from(randomBytes(ID_LENGTH), (byte) => ID_ALPHABET[byte % ID_ALPHABET.length]).join('');
}

/**
 * Control plane and node in one process: the composition root. Runs until it is told to stop and answers with the exit
 * code. Agents outlive it (G14).
 *
 * @throws TinaError `daemon_runs_already`
 */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  const { home } = options;
  const lock = await acquireLock(home.lockPath);
  if (lock.kind === 'held') {
    const by = lock.heldBy ? `: process ${lock.heldBy.pid}` : '';
    throw new TinaError({
      code: 'daemon_runs_already',
      message: `A daemon runs already for this home${by}.`,
      place: { file: home.lockPath },
      next: ['tina daemon status', 'tina daemon stop'],
    });
  }
  try {
    return await serveUntilStopped(options);
  } finally {
    await lock.release();
  }
}

interface Parts {
  readonly store: Store;
  readonly controlPlane: ControlPlane;
  readonly node: Node;
  readonly log: ServiceLog;
}

async function serveUntilStopped(options: DaemonOptions): Promise<number> {
  const { home } = options;
  const log = createServiceLog(daemonLogPath(home.logsDir));
  const stop = stopRequest();
  const debug = options.debug ? createDebugger() : null;
  const parts = await createParts(options, log, debug);
  const owner: Caller = { kind: 'operator', name: userInfo().username };
  let mcp: McpHttp | null = null;
  const handlers: Handlers = {
    ...parts.controlPlane.handlers,
    ...(debug?.handlers ?? debugOff()),
    ...createHostHandlers(parts.node),
    ...daemonHandlers(options, parts, { requestStop: stop.request, mcpUrl: () => mcp?.url ?? null }),
  };
  const service = {
    serve: (name: string, input: unknown, context: CallContext) =>
      serveCall(handlers, name, input, context, parts.controlPlane.refuseAgent),
    authenticate: async (token: string): Promise<Caller | null> => {
      const found = await parts.controlPlane.node.authenticate(token);
      return found && { kind: 'agent', ...found };
    },
    onError: log.error,
  };
  const server = await listenOnSocket({ path: home.socketPath, owner, ...service });
  log.write('info', 'the daemon runs', { version: options.version, home: home.stateDir });
  try {
    if (options.unlessStopped && isMarkedStopped(home)) return 0;
    mcp = await openMcp(options, service);
    unmarkStopped(home);
    parts.controlPlane.start();
    await parts.node.start();
    await stop.requested;
    // Before the hosts lose their connection. A daemon that dies leaves no such note, and comes back.
    markStopped(home);
  } finally {
    log.write('info', 'the daemon stops');
    debug?.end();
    await mcp?.close();
    await parts.node.stop();
    await parts.controlPlane.stop();
    await server.close();
    await parts.store.close();
    stop.dispose();
  }
  return 0;
}

/** Loaded when it is asked for: the library takes its time. */
async function openMcp(
  { mcpPort: port, version }: DaemonOptions,
  service: Pick<McpHttpOptions, 'serve' | 'authenticate' | 'onError'>,
): Promise<McpHttp | null> {
  if (port === null) return null;
  const { listenForMcp } = await import('./mcp-http.ts');
  return listenForMcp({ port, version, ...service });
}

async function createParts(
  { home, env, mcpPort }: DaemonOptions,
  log: ServiceLog,
  debug: Debugger | null,
): Promise<Parts> {
  const opened = await openSqliteStore({
    path: home.databasePath,
    model: { initial: initialState, evolve, status: runStatus },
    ...(debug ? { clock: debug.now } : {}),
  });
  const store = debug?.hold(opened) ?? opened;
  const nodeId = `n${home.homeId}`;
  const environment = { ...env };
  const programs = nodePrograms(home, mcpPort);
  const machine = createMachine({ paths: home, environment });
  const remains = createRemains({ paths: home, homeId: home.homeId, environment });
  const controlPlane = createControlPlane({ store, machine, remains, nodeId, newId, onError: log.error });
  const node = createNode({
    nodeId,
    nodeName: hostname(),
    api: controlPlane.node,
    paths: home,
    homeId: home.homeId,
    machineAgents: await machineAgents(home, log),
    programs,
    environment,
    log: log.write,
  });
  return { store, controlPlane, node, log };
}

/** What the process says of itself. */
function daemonHandlers(
  { home, version }: DaemonOptions,
  { store }: Parts,
  { requestStop, mcpUrl }: { readonly requestStop: () => void; readonly mcpUrl: () => string | null },
): Pick<Handlers, 'daemon.status' | 'daemon.stop'> {
  const startedAt = Date.now();
  return {
    'daemon.status': async () => {
      const [runs, jobs] = await Promise.all([
        store.listRuns({ active: true, limit: 10_000 }),
        store.listJobs({}),
      ]);
      // A run that cannot be read must not hide the daemon that says so.
      const states = await Promise.allSettled(runs.map((run) => store.loadRun(run.id)));
      const attempts = states.flatMap((state) =>
        state.status === 'fulfilled' ? Object.values(state.value?.attempts ?? {}) : [],
      );
      return {
        pid: process.pid,
        version,
        startedAt,
        home: home.root ?? home.stateDir,
        socket: home.socketPath,
        activeRuns: runs.length,
        activeAttempts: attempts.filter((attempt) => !attempt.settled).length,
        queuedJobs: jobs.length,
        mcpUrl: mcpUrl(),
        memoryBytes: process.memoryUsage.rss(),
      };
    },
    'daemon.stop': (_, { caller }) => {
      if (caller.kind !== 'operator')
        throw new TinaError({ code: 'not_allowed', message: 'Only an operator may.' });
      // The answer goes out first.
      setImmediate(requestStop);
      return Promise.resolve({});
    },
  };
}

function stopRequest(): {
  readonly requested: Promise<void>;
  readonly request: () => void;
  readonly dispose: () => void;
} {
  const { promise, resolve } = Promise.withResolvers<void>();
  const signals = ['SIGTERM', 'SIGINT'] as const;
  for (const signal of signals) process.on(signal, resolve);
  // The terminal that it was started from may go; the daemon stays.
  const ignore = (): void => undefined;
  process.on('SIGHUP', ignore);
  return {
    requested: promise,
    request: resolve,
    dispose() {
      for (const signal of signals) process.off(signal, resolve);
      process.off('SIGHUP', ignore);
    },
  };
}
