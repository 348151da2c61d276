export type { RunCheck } from './run-check.ts';
export { runCheck } from './run-check.ts';
export type { CheckProgress, RunChecks } from './run-checks.ts';
export { runChecks } from './run-checks.ts';
export type { RunSetup, SetupResult } from './run-setup.ts';
export { runSetup } from './run-setup.ts';
