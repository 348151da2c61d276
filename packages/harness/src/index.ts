export { Sandbox, type Outcome, type SandboxOptions, TINA } from './sandbox/sandbox.ts';
export type { Following } from './sandbox/following.ts';
export { designOf, entry, hold, note, planOf, scriptOf, workOn } from './sandbox/script.ts';
export { askDaemon } from './sandbox/ask-daemon.ts';
export { until } from './sandbox/until.ts';
export { play, type Played, played, revisionAtWork, start } from './sandbox/play.ts';
export { attemptsOf, eventsOf, firstAttemptOf, promptOf, runOf, taskOf } from './sandbox/look.ts';
