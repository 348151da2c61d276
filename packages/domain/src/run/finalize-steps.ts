import type { FinalizeChoice } from '../policy/policy.ts';
import type { TaskStep } from './task.ts';

/** Where finalizing begins once it is known what becomes of the branch. */
export const FIRST_STEP_OF_CHOICE: Readonly<Record<FinalizeChoice, TaskStep>> = {
  merge: 'integrate',
  pr: 'pull-request',
  keep: 'keep',
  discard: 'discard',
};
