import type { Machine } from '@tina/contract';
import { type ControlPlane, createControlPlane, type Handlers, serveCall } from '@tina/control-plane';
import { createNode } from '@tina/daemon';
import type { Store } from '@tina/store';
import type { Kernel } from './kernel.ts';
import { Part } from './part.ts';
import type { RunningDaemon } from './simulated-host.ts';
import { ROOT, type SimulatedMachine } from './simulated-machine.ts';

export interface DaemonDependencies {
  readonly kernel: Kernel;
  readonly machine: SimulatedMachine;
  readonly store: Store;
  readonly newId: () => string;
  readonly nodeId: string;
  readonly config: string;
  readonly machineAgents: number;
  readonly onError: (error: unknown) => void;
}

/** A daemon of the simulated machine: the real control plane and the real node, in a part of their own. */
export interface SimulatedDaemon extends RunningDaemon {
  readonly handlers: Handlers;
  readonly controlPlane: ControlPlane;
  /** Settles when the daemon is at work, or rejects when it cannot be. */
  readonly started: Promise<void>;
}

/** Starts one, as the composition root of the program does. */
export function startDaemon(dependencies: DaemonDependencies, number: number): SimulatedDaemon {
  const { kernel, machine, newId, onError, nodeId, machineAgents } = dependencies;
  const part = new Part('daemon', `daemon ${number} of ${nodeId}`, nodeId);
  const store = storeOf(dependencies, part);
  const controlPlane = createControlPlane({
    store,
    newId,
    onError,
    nodeId,
    machine: machineOf(dependencies, part),
    after: (delayMs, callback) => kernel.after(part, delayMs, 'alarm', callback),
  });
  const node = createNode({
    nodeId,
    nodeName: 'sim',
    homeId: 'sim',
    machineAgents,
    environment: {},
    api: controlPlane.node,
    paths: {
      stateDir: '/sim/state',
      attemptsDir: '/sim/state/attempts',
      checksDir: '/sim/state/checks',
      worktreesDir: '/sim/worktrees',
      socketPath: '/sim/state/socket',
    },
    programs: { node: '/sim/bin/node', agentHost: ['/sim/bin/agent-host'], tinaBin: '/sim/bin' },
    log: (level, message, fields) => {
      kernel.note(`  ${part.name} ${level}: ${message}`);
      if (level === 'error') onError(fields?.['error'] ?? message);
    },
    clock: {
      now: () => kernel.now,
      after: (delayMs, callback) => kernel.after(part, delayMs, 'timer', callback),
    },
    platform: machine.platform(part),
  });
  controlPlane.start();
  // Procedures of the process itself are not asked for here.
  const handlers = controlPlane.handlers as Handlers;
  return { part, node, controlPlane, handlers, started: node.start() };
}

/** Calls a procedure as a caller on the machine would; rejects when the daemon dies meanwhile. */
export function callDaemon(
  kernel: Kernel,
  caller: Part,
  daemon: SimulatedDaemon,
  call: { readonly name: string; readonly input: unknown; readonly token?: string },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const callOff = daemon.part.onKilled(() => reject(new Error('the connection broke')));
    kernel
      .ask(caller, call.name, async () => {
        if (!daemon.part.isAlive) throw new Error('nobody listens');
        const owner =
          call.token === undefined ? null : await daemon.controlPlane.node.authenticate(call.token);
        if (call.token !== undefined && owner === null) throw new Error('the token is nobody’s');
        return serveCall(daemon.handlers, call.name, call.input, {
          caller: owner === null ? { kind: 'operator', name: 'ada' } : { kind: 'agent', ...owner },
          token: call.token ?? null,
          signal: new AbortController().signal,
        });
      })
      .then(resolve, reject)
      .finally(callOff);
  });
}

/** The store as a daemon sees it: each call is a step, before or after which the daemon may be killed. */
function storeOf({ store, kernel }: DaemonDependencies, part: Part): Store {
  const call =
    (name: string, work: (...args: unknown[]) => Promise<unknown>) =>
    (...args: unknown[]): Promise<unknown> =>
      kernel.ask(part, `store ${name}`, () => work(...args));
  const calls = Object.entries(store).map(([name, work]) => [
    name,
    call(name, work as (...args: unknown[]) => Promise<unknown>),
  ]);
  // Its clock is looked at in the same moment; nothing can come between.
  return { ...(Object.fromEntries(calls) as Store), now: () => store.now() };
}

function machineOf({ kernel, machine, config }: DaemonDependencies, part: Part): Machine {
  const { repository } = machine;
  const step = <T>(name: string, work: () => T): Promise<T> => kernel.ask(part, name, work);
  return {
    inspectRepository: ({ base }) =>
      step('inspect repository', () => {
        const baseBranch = base ?? 'main';
        return { root: ROOT, baseBranch, baseCommit: repository.branch(baseBranch) ?? '', dirtyFiles: [] };
      }),
    branchExists: ({ branch }) => step('look for a branch', () => repository.branch(branch) !== null),
    hasPushRemote: () => Promise.resolve(true),
    readConfig: () =>
      step('read configuration', () => ({
        user: null,
        project: { path: '.tina/config.yaml', text: config },
      })),
    checkAgent: () => step('check agent', () => []),
    attachCommand: () => Promise.resolve(null),
    attemptDirectory: (attemptId) => `/sim/state/attempts/${attemptId}`,
    listCommits: () => step('list commits', () => []),
    findLeftovers: () => step('find leftovers', () => []),
    removeLeftovers: (items) => step('remove leftovers', () => items),
  };
}
