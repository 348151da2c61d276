import type { Role } from '@tina/domain';
import { TRIAL_FILE, TRIAL_LINE } from './trial-repository.ts';

/** A trial is the work of an implementer, in the smallest form that shows everything. */
export const TRIAL_ROLE: Role = 'implementer';
export const TRIAL_PHASE = '1';

export function trialPrompt(): string {
  return `This is a trial: a small piece of work that shows whether you can do what is asked of you here. You stand in a git
repository that was made for it and is removed afterwards. Nobody can answer questions.

1. Write the file ${TRIAL_FILE} in the current folder, with this one line:
${TRIAL_LINE}
2. Commit it, with no other file: git add ${TRIAL_FILE} && git commit -m "Say hello"
3. End with a final message whose last line is this one, as it stands here:
phase-${TRIAL_PHASE}-task-1 complete: said hello
`;
}
