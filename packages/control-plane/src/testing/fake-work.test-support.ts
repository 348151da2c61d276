import type { CheckResult } from '@tina/domain';

export const TWO_PHASES = `# Shelf

## Architectural Context

Everything lies in \`src/\`.

## Phase 1: Storage

Books can be kept.

## Phase 2: Search

Books can be found.
`;

/** A plan of tasks that do not depend on each other. */
export function planOf(plan: {
  readonly phase: string;
  readonly baseline: string;
  readonly tasks?: number;
  readonly review?: string;
}): string {
  const tasks = Array.from(
    { length: plan.tasks ?? 2 },
    (_, index) => `### Task ${index + 1}: Part ${index + 1}

**Model:** haiku
**Files:** \`src/part-${index + 1}.ts\`
**Depends on:** none
**Review:** ${plan.review ?? 'none'}
**Acceptance:**

- part ${index + 1} is there

Write part ${index + 1}.
`,
  );
  return `# Phase ${plan.phase} plan: Parts

**Baseline commit:** ${plan.baseline}
**Complexity budget:** 20 tasks, 40 files, 300 lines

${tasks.join('\n')}`;
}

export function passed(name: string): CheckResult {
  return checkResult(name, 'passed');
}

export function checkResult(name: string, outcome: CheckResult['outcome']): CheckResult {
  const exitCode = outcome === 'passed' ? 0 : 1;
  return {
    name,
    outcome,
    exitCode,
    durationMs: 5,
    failures: [],
    outputPath: null,
    outputTail: `${name} ran`,
  };
}
