import type { FoundAgent } from './find-agents.ts';
import type { ProjectFacts, ProposedCheck } from './look-at-project.ts';

/** `.tina/config.yaml` for what was found, with a word on every choice; what is missing stands there as a comment. */
export function proposeConfig({ parts, include }: ProjectFacts, agents: readonly FoundAgent[]): string {
  const setups = parts.flatMap(({ setup }) => (setup === null ? [] : [setup]));
  return [
    "# Tina's configuration of this project. What holds, and where it comes from:  tina config",
    '# For completion in an editor:  tina config --schema > .tina/config.schema.json  and the line',
    '#   # yaml-language-server: $schema=config.schema.json',
    'version: 1',
    '',
    ...agentLines(agents),
    '',
    '# Runs once in each new worktree; nothing is installed unless it says so.',
    setups.length === 0 ? '# setup: make deps' : `setup: ${quote(setups.join(' && '))}`,
    '',
    '# Files that git ignores and the work needs: they are brought along into worktrees.',
    include.length === 0
      ? '# worktrees: { include: [.env] }'
      : `worktrees: { include: [${include.map(quote).join(', ')}] }`,
    '',
    ...checkLines(uniqueNames(parts.flatMap((part) => part.checks))),
    '',
    '# What becomes of the branch at the end: ask, merge, pr, keep or discard.',
    'finalize: ask',
    '',
  ].join('\n');
}

function agentLines(agents: readonly FoundAgent[]): string[] {
  const [first] = agents;
  if (first === undefined) {
    return [
      '# The agent that does the work. No agent program that Tina knows was found on PATH; any program that takes a',
      '# prompt will do, and a scripted agent shows the pipeline without spending anything.',
      '# agents:',
      '#   default: mine',
      '#   mine: { kind: command, command: [my-agent, --headless] }',
    ];
  }
  const others = agents.slice(1).map(({ name }) => name);
  return [
    '# The agent that does the work, with its own login; may run commands in its worktree. What is known of it:  tina agents',
    ...(others.length === 0 ? [] : [`# Also here: ${others.join(', ')}.`]),
    `agents: { default: ${first.name} }`,
  ];
}

function checkLines(checks: readonly ProposedCheck[]): string[] {
  const intro = '# Tina runs these itself: on the base commit first, so that only new failures count.';
  if (checks.length === 0)
    return [intro, '# checks:', '#   - { name: test, command: make test, at: [task, phase, finalize] }'];
  const lines = checks.map(
    ({ name, command, at }) => `  - { name: ${name}, command: ${quote(command)}, at: [${at.join(', ')}] }`,
  );
  return [intro, 'checks:', ...lines];
}

/** A project of several kinds may have several tests: `test`, `test-2`. */
function uniqueNames(checks: readonly ProposedCheck[]): readonly ProposedCheck[] {
  const seen = new Map<string, number>();
  return checks.map((check) => {
    const number = (seen.get(check.name) ?? 0) + 1;
    seen.set(check.name, number);
    return number === 1 ? check : { ...check, name: `${check.name}-${number}` };
  });
}

/** Plain where YAML reads plain text in a flow mapping as text. */
function quote(text: string): string {
  const isPlain = /^[A-Za-z./][\w ./=-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off)$/i.test(text);
  return isPlain ? text : `'${text.replaceAll("'", "''")}'`;
}
