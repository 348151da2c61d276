export type { Lock, LockHeld } from './lock/index.ts';
export { acquireLock } from './lock/index.ts';
export type { MachineOptions } from './machine/create-machine.ts';
export { createMachine } from './machine/create-machine.ts';
export type { Node } from './node/create-node.ts';
export { createNode } from './node/create-node.ts';
export type { HostChannel, HostConnection, HostFrameInput } from './node/host/host-channel.ts';
export type { NodeClock } from './node/node-clock.ts';
export type { NodeLog, NodeOptions, NodePaths, NodePrograms } from './node/node-options.ts';
