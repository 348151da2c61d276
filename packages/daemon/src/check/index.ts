export { runChecks } from './run-checks.ts';
export { runSetup } from './run-setup.ts';
