/** What to do where no agent program that Tina knows is found. */
export const ADD_AGENT: readonly string[] = [
  'edit .tina/config.yaml: agents, with the program that does the work',
  "as in Tina's docs/command-agent.md, or docs/scripted-agent.md to try it out",
];
