export type { Lock, LockHeld } from './exclusive-lock.ts';
export { acquireLock } from './exclusive-lock.ts';
