/** Texts that are right: what is changed to be nearly right. */

export const DESIGNS: readonly string[] = [
  `# Greeter

A library that greets.

## Success Metrics

**Goal:** every greeting is tested.

**Baseline command:**

\`\`\`bash
node --test
\`\`\`

**ROI threshold:** 5 %

## Architectural Context

Plain modules in \`src/\`.

## Phase 1: The library

- \`greet(name)\` greets.
  1. In English.

> ## Phase 9: is a quote

## Phase 2: The command

It prints a greeting.
`,
  `# A\r\n\r\n## Phase 1\r\n\r\ntext\r\n\r\n### Details\r\n\r\n<!-- no -->\r\n\r\nPhase 2: B\n---\n\n~~~\n## Phase 3\n~~~\n`,
];

export const MARKDOWN_WORDS: readonly string[] = [
  '## Phase 1: A',
  '## Phase 2',
  '##Phase 3',
  '### Task 1: B',
  '## Success Metrics',
  '# ',
  '- ',
  '1. ',
  '> ',

  '**Files:** ',
  '**Depends on:** ',
  '**Goal:** ',
  '- [ ] ',
  '| a | b |',
  '===',
  '* * *',
  '[a]: b',
  '[a](b)',
  'a*',
  '_a',
  '`',
  '``a`',
  '![',
  '<a>',
  '<!--',
  '-->',
  '&amp;',
  '\\',
  '```',
  '~~~',
  '  - a',
  '\t',
  '$x$',
];

export const PLANS: readonly string[] = [
  `# Phase 1 plan: The library

**Baseline commit:** ${'b'.repeat(40)}
**Complexity budget:** 3 tasks, 6 files, 300 lines

### Task 1: Greet

**Model:** sonnet
**Files:** \`src/greet.js\`, \`src/greet.test.js\` (new)
**Depends on:** none
**Review:** spec+quality
**Acceptance:**
- it greets
- [ ] it is tested

Write it.

\`\`\`js
// **Files:** no
\`\`\`

### Task 2: Index

- **Model**: haiku
- **Files**:
  - src/index.js
  - \`src/**/*.test.js\`
- **Depends on**: 1, Task 1 and #1
- **Review**: none
`,
  `# Phase 1.5 plan: Rest\nModel: x\n\n### Task 1\nFiles: a\nDependencies: none.\nReview: full\nAcceptance criteria: ok\n`,
];

export const MESSAGES: readonly string[] = [
  'I looked at it.\n\n**VALIDATION_STATUS: Pass**',
  'VALIDATION_STATUS: stop.',
  'plan-phase-1 complete. PLAN_PATH: `out/plan.md`',
  'Done.\n- task-1 complete: it greets',
  'phase-1-task-2 error: there is no such file',
  '**review-1 complete** (gaps): no tests; no docs, at all',
  '`review-1 complete (pass)`',
  'review-1 error: cannot build',
];

export const MESSAGE_WORDS: readonly string[] = [
  'VALIDATION_STATUS: ',
  'Pass',
  'task-1 complete',
  'task-1 error: ',
  'review-1 complete',
  '(gaps): a; b',

  '(pass)',
  'plan-phase-1 complete. PLAN_PATH: ',
  'review-1.5 complete',
  'execute-1 complete:',
  '**',
  '_',
  '`',
  '- ',
  '1) ',
  '; ',
  ', ',
  '\n',
  ':** ',
];

export const CONFIGS: readonly string[] = [
  `version: 1
agents:
  default: claude
  claude: { kind: command, command: [claude, -p, "{prompt}"], prompt: stdin }
  demo: { kind: scripted, script: script.yaml }
setup: { command: npm ci, timeout: 10m }
env: [NPM_TOKEN]
worktrees: { root: ../w, include: [.env] }
checks:
  - { name: test, command: npm test, at: [task, phase], timeout: 5m, failures: "^not ok (.*)$" }
limits: { parallelAgents: 3, tasksPerPlan: 20, idleWarning: 2m, idleStop: 10m, turn: 1h30m, start: 30s }
retries: { backoff: 5s }
models: { known: [haiku, opus], roles: { planner: opus } }
policy: { preset: strict, taskReview: plan, gates: { plan: true, review: false } }
finalize: ask
`,
  'version: 1\nagents: &a\n  default: x\n  x: { kind: scripted, script: s.yaml }\nchecks: []\n',
  '',
];

export const YAML_WORDS: readonly string[] = [
  'version: 1',
  'agents:',
  'default: ',
  'kind: ',
  '{',
  '}',
  '[',
  ']',
  '- ',
  '? ',
  ': ',
  '&a ',
  '*a',
  '<<: *a',

  '!!binary ',
  '!!set ',
  '!x ',
  '|\n  a',
  '>-\n  b',
  '"',
  "'",
  '#',
  '%YAML 1.2',
  '---',
  '...',
  '\t',
  '0o7',
  '1e999',

  '- &a [*a, *a]',
  'a: &a [x, x]',
  '? [a, b]',
  'name: test',
  'role: planner',
  'do:',
  'entries:',
  'limits: ',
];

export const DURATIONS: readonly string[] = ['30s', '10m', '1h30m', '250ms', '1d2h3m4s5ms'];

export const SCRIPTS: readonly string[] = [
  `version: 1
entries:
  - when: { role: validator }
    do:
      - say: Reading.
      - sleep: 600ms
      - report: { kind: validation, status: pass, text: "Good." }
  - when: { role: [planner], phase: "1", turn: any }
    do:
      - plan:
          title: The library
          tasks:
            - { title: greet, model: sonnet, files: [src/greet.js], review: spec, acceptance: [it greets], body: Do it. }
            - { title: index, files: [src/index.js], dependsOn: ["1"] }
  - when: { role: implementer, task: [1, 2], attempt: 1 }
    do:
      - write: { path: src/greet.js, content: "x" }
      - commit: Add it
      - run: { command: npm test }
      - usage: { inputTokens: 10, outputTokens: 5, costUsd: 0.1 }
      - report: { kind: work, summary: done }
  - do: [crash]
`,
];

export const SCENARIOS: readonly string[] = [
  `version: 1
title: A thing
feature: greeter
faults:
  - at: { event: attempt.started, role: implementer }
    do: [kill: daemon]
limits: { timeout: 2m, run: 30s }
expected:
  status: complete
  ending: merged
  tasks: { phase-1-task-1: completed }
  attempts:
    phase-1-task-1: [{ role: implementer, status: succeeded }]
  files: { hello.txt: hello }
`,
];
