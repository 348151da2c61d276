export { Sandbox, type Outcome, type SandboxOptions } from './sandbox/sandbox.ts';
export type { Following } from './sandbox/following.ts';
export { designOf, entry, hold, planOf, scriptOf, workOn } from './sandbox/script.ts';
export { until } from './sandbox/until.ts';
export { play, type Played, played, start } from './sandbox/play.ts';
