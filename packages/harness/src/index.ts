export { Sandbox, type Outcome, type SandboxOptions } from './sandbox/sandbox.ts';
export { designOf, entry, planOf, scriptOf, workOn } from './sandbox/script.ts';
export { until } from './sandbox/until.ts';
export { play, type Played, played } from './sandbox/play.ts';
