/**
 * What of the caller's `GIT_*` variables reaches our git: where its configuration stands, who commits, how it reaches a
 * remote. Everything else is dropped, above all what names a repository (`GIT_DIR`, `GIT_WORK_TREE`, `GIT_INDEX_FILE`),
 * as is set when Tina is started from a git hook.
 */
const KEPT =
  /^GIT_(?:CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM)|(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL)|SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|EXEC_PATH|SSL_.+|HTTP_.+|PROXY_.+)$/;

/** Settings of the user that must not reach our plumbing: each asks, writes, waits or changes what we read. */
const OVERRIDES: Readonly<Record<string, string>> = {
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'commit.gpgSign': 'false',
  'push.gpgSign': 'false',
  'merge.verifySignatures': 'false',
  'log.showSignature': 'false',
  // A daemon of git's own would be started in every worktree.
  'core.fsmonitor': 'false',
  // A temporary index must not write shared parts beside the real one.
  'core.splitIndex': 'false',
  // "true" lets adding a file fail on its line endings.
  'core.safecrlf': 'false',
  // Would record resolutions in the user's repository, and resolve by them.
  'rerere.enabled': 'false',
  // May name a file that only some commits have, and git fails without it.
  'diff.orderFile': '/dev/null',
  'submodule.recurse': 'false',
  'i18n.commitEncoding': 'UTF-8',
  'i18n.logOutputEncoding': 'UTF-8',
  'color.ui': 'false',
};

const WITHOUT_HOOKS: Readonly<Record<string, string>> = { 'core.hooksPath': '/dev/null' };

/** The environment of a git process, made of the caller's. */
export function gitEnvironment(params: {
  readonly environment: NodeJS.ProcessEnv;
  /** Whether it talks to a remote: then the user's hooks run, since Git LFS depends on them. */
  readonly remote: boolean;
  readonly extra: Readonly<Record<string, string>>;
}): Record<string, string> {
  const settings = Object.entries(params.remote ? OVERRIDES : { ...OVERRIDES, ...WITHOUT_HOOKS });
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(params.environment)) {
    if (value !== undefined && (!name.startsWith('GIT_') || KEPT.test(name))) result[name] = value;
  }
  result['LC_ALL'] = 'C';
  result['GIT_TERMINAL_PROMPT'] = '0';
  result['SSH_ASKPASS_REQUIRE'] = 'never';
  result['GIT_OPTIONAL_LOCKS'] = '0';
  result['GIT_EDITOR'] = ':';
  result['GIT_CONFIG_COUNT'] = String(settings.length);
  for (const [index, [key, value]] of settings.entries()) {
    result[`GIT_CONFIG_KEY_${index}`] = key;
    result[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return { ...result, ...params.extra };
}
