const SCENARIO = (name: string): string => `version: 1
title: What this scenario shows, in a line
feature: ${name}

# What goes wrong, and when. docs/scenarios.md has every fault.
# faults:
#   - at: { event: attempt.started, role: implementer }
#     do: [kill: daemon]

limits: { timeout: 2m }

expected:
  status: complete
  ending: merged
  tasks:
    phase-1-task-1: completed
  attempts:
    phase-1-task-1: [{ role: implementer, status: succeeded }]
  files:
    hello.txt: hello
`;

const DESIGN = `# Hello

## Success Metrics

**Goal:** hello.txt says hello.

## Phase 1: Say it

Write hello.txt.
`;

const SCRIPT = `version: 1
entries:
  - when: { role: planner }
    do:
      - plan: { tasks: [{ title: Say hello, files: hello.txt }] }
  - when: { role: implementer }
    do:
      - write: { path: hello.txt, content: "hello\\n" }
      - commit: Say hello
`;

const CONFIG = `# .tina/config.yaml of the repository, without version and agents.
retries: { backoff: 50ms }
`;

/** The files of a new scenario, by path. */
export function templateFiles(name: string): ReadonlyMap<string, string> {
  return new Map([
    ['scenario.yaml', SCENARIO(name)],
    ['design.md', DESIGN],
    ['script.yaml', SCRIPT],
    ['config.yaml', CONFIG],
    ['repository/README.md', '# Hello\n'],
  ]);
}
