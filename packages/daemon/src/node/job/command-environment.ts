import { isSecretName } from '@tina/agents';

/** Names the repository that a hook was run for; a check must find the one it stands in. */
const OF_A_REPOSITORY =
  /^GIT_(?:DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|PREFIX|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE|QUARANTINE_PATH)$/;

/** Names the terminal that the daemon was started from, which a check does not have. */
const OF_A_TERMINAL = /^(?:TMUX|TMUX_PANE|STY|WINDOW)$/;

/** What every check and set-up of the node carries, so that the next daemon ends what a killed one left. */
export function nodeWorkMarker(homeId: string): Readonly<Record<string, string>> {
  return { TINA_HOME_ID: homeId, TINA_NODE_WORK: '1' };
}

/**
 * The environment of checks and set-up commands: the user's own, because the commands are; nothing that tells an agent's
 * or another Tina's identity. They run what agents have written, and what they print goes into findings and prompts, so a
 * variable whose name says that it is a secret has to be named in the configuration's `env` (G30).
 */
export function commandEnvironment(parameters: {
  readonly environment: NodeJS.ProcessEnv;
  readonly homeId: string;
  readonly runId: string;
  /** Names of variables that are passed on although they look like secrets. */
  readonly named: readonly string[];
}): Readonly<Record<string, string>> {
  const { environment, homeId, runId, named } = parameters;
  const kept = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && isPassedOn(entry[0], named),
  );
  return { ...Object.fromEntries(kept), ...nodeWorkMarker(homeId), TINA_RUN: runId };
}

function isPassedOn(name: string, named: readonly string[]): boolean {
  if (name.startsWith('TINA_') || OF_A_REPOSITORY.test(name) || OF_A_TERMINAL.test(name)) return false;
  return named.includes(name) || !isSecretName(name);
}
