/** Names the repository that a hook was run for; a check must find the one it stands in. */
const OF_A_REPOSITORY =
  /^GIT_(?:DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|PREFIX|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE|QUARANTINE_PATH)$/;

/** What every check and set-up of the node carries, so that the next daemon ends what a killed one left. */
export function nodeWorkMarker(homeId: string): Readonly<Record<string, string>> {
  return { TINA_HOME_ID: homeId, TINA_NODE_WORK: '1' };
}

/**
 * The environment of checks and set-up commands: the user's own, because the commands are; nothing that tells an agent's
 * or another Tina's identity.
 */
export function commandEnvironment(parameters: {
  readonly environment: NodeJS.ProcessEnv;
  readonly homeId: string;
  readonly runId: string;
}): Readonly<Record<string, string>> {
  const kept = Object.entries(parameters.environment).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !entry[0].startsWith('TINA_') && !OF_A_REPOSITORY.test(entry[0]),
  );
  return { ...Object.fromEntries(kept), ...nodeWorkMarker(parameters.homeId), TINA_RUN: parameters.runId };
}
