export type { Lock, LockHeld } from './exclusive-lock.ts';
export { acquireLock, lockHolder } from './exclusive-lock.ts';
