import { describe } from 'vitest';
import type { AgentUnderTest } from './agent-under-test.ts';
import { describeEnding } from './describe-ending.ts';
import { describeFailures } from './describe-failures.ts';
import { describeOutput, describeTurns } from './describe-turns.ts';

/** What every adapter must do, shown with real processes. */
export function describeAgentConformance(name: string, subject: AgentUnderTest): void {
  describe(`an agent of the kind ${name}`, () => {
    describeTurns(subject);
    describeOutput(subject);
    describeFailures(subject);
    describeEnding(subject);
  });
}
