import type { SandboxOptions } from '../sandbox/sandbox.ts';
import { designOf, entry, hold, note, planOf, scriptOf } from '../sandbox/script.ts';

/**
 * Each task adds one line: a file with two was worked on or merged twice. Every commit that is made is noted outside of the
 * worktree.
 */
function work(path: string, ...before: readonly string[]): readonly string[] {
  return [
    `write: { path: ${path}, append: "once\\n" }`,
    ...before,
    `commit: "Write ${path}"`,
    note('made', '$(git rev-parse HEAD)'),
    'report: done',
  ];
}

const GAPS =
  'report: { kind: review, verdict: gaps, summary: Not yet., findings: [{ severity: blocker, message: r.txt is missing }] }';

function crashScript(one: readonly string[], two: readonly string[]): string {
  return scriptOf(
    entry(
      'role: planner, phase: "1"',
      planOf(
        '{ title: one, files: [a.txt], review: spec+quality }',
        '{ title: two, files: [b.txt] }',
        '{ title: three, files: [c.txt], dependsOn: ["1", "2"] }',
      ),
    ),
    entry('role: planner, phase: "1.5"', planOf('{ title: gap, files: [r.txt] }')),
    entry('role: planner, phase: "2"', planOf('{ title: four, files: [d.txt] }')),
    entry('role: implementer, phase: "1", task: 1', ...one),
    entry('role: implementer, phase: "1", task: 2', ...two),
    entry('role: implementer, phase: "1", task: 3', ...work('c.txt')),
    entry('role: implementer, phase: "1.5"', ...work('r.txt')),
    entry('role: implementer, phase: "2"', ...work('d.txt')),
    entry('role: reviewer, phase: "1"', GAPS),
  );
}

const config = 'checks: [{ name: fast, command: "true", at: [phase, finalize] }]\n';

/**
 * What is killed everywhere: a run of two phases, two tasks side by side in the first, one of them reviewed, a third that waits
 * for both, and one remediation. Its agents are as fast as they can be; all settings that decide about recovery are the defaults.
 */
export const CRASH_SANDBOX: SandboxOptions = {
  script: crashScript(work('a.txt'), work('b.txt')),
  config,
};

/** The same run, whose two parallel agents wait at `one` and `two` in the middle of their work until they are released. */
export const HELD_SANDBOX: SandboxOptions = {
  script: crashScript(work('a.txt', ...hold('one')), work('b.txt', ...hold('two'))),
  config,
};

export const CRASH_DESIGN = designOf('First', 'Second');

/** What the base has in the end, each with one line. */
export const CRASH_FILES = ['a.txt', 'b.txt', 'c.txt', 'r.txt', 'd.txt'] as const;
