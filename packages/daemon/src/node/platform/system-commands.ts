import { runChecks, runSetup } from '../../check/index.ts';

export const systemCommands = { runChecks, runSetup };
