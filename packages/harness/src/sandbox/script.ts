/** A design with as many phases as there are titles. */
export function designOf(...titles: readonly string[]): string {
  const phases = titles.map((title, index) => `## Phase ${index + 1}: ${title}\n\nDo what the title says.\n`);
  return `# A sample design\n\n## Success Metrics\n\n**Goal:** it works.\n\n${phases.join('\n')}`;
}

/** One entry of a script; steps are YAML list items without their indentation. */
export function entry(when: string, ...steps: readonly string[]): string {
  return `  - when: { ${when} }\n    do:\n${steps.map((step) => `      - ${step}`).join('\n')}\n`;
}

/** A script of the entries; validators and reviewers that no entry names pass. */
export function scriptOf(...entries: readonly string[]): string {
  return `version: 1\nentries:\n${entries.join('')}`;
}

/** A planner's step: tasks as `{ title: ..., files: [...] }`. */
export function planOf(...tasks: readonly string[]): string {
  return `plan: { tasks: [${tasks.join(', ')}] }`;
}

/** The steps of an implementer that does its work: one file, one commit, one report. */
export function workOn(path: string, content = 'done'): readonly string[] {
  return [
    `write: { path: "${path}", content: "${content}\\n" }`,
    `commit: "Write ${path}"`,
    'report: { kind: work, summary: done }',
  ];
}

/** A step of an agent that adds a line to a file in the repository's own git folder, which changes no worktree. */
export function note(file: string, line: string): string {
  return `run: 'echo "${line}" >>"$(git rev-parse --path-format=absolute --git-common-dir)/${file}"'`;
}

/** Steps of an agent that waits, where `Sandbox.reached` sees it, until `Sandbox.release` lets it go on. */
export function hold(point: string): readonly string[] {
  return [`touch: at/${point}`, `wait-for: { file: go/${point}, timeout: 90s }`];
}
