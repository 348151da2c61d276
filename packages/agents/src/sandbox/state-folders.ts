import { join } from 'node:path';
import type { AgentDefinition } from '@tina/contract';

type Environment = Readonly<Record<string, string>>;

/** Where each agent CLI keeps its login, its settings and its conversations. */
const FOLDERS: Partial<
  Record<AgentDefinition['kind'], (env: Environment, home: string) => readonly string[]>
> = {
  claude: (env, home) => [env['CLAUDE_CONFIG_DIR'] ?? join(home, '.claude')],
  codex: (env, home) => [env['CODEX_HOME'] ?? join(home, '.codex')],
  gemini: (env, home) => [join(env['GEMINI_CLI_HOME'] ?? home, '.gemini')],
  opencode: (env, home) => [
    join(env['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), 'opencode'),
    join(env['XDG_STATE_HOME'] ?? join(home, '.local', 'state'), 'opencode'),
    join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'opencode'),
    join(env['XDG_CACHE_HOME'] ?? join(home, '.cache'), 'opencode'),
  ],
};

/** The folders of its own without which an agent program cannot work; those of other programs are named in the configuration. */
export function stateFolders(kind: AgentDefinition['kind'], env: Environment): readonly string[] {
  const home = env['HOME'];
  return home === undefined ? [] : (FOLDERS[kind]?.(env, home) ?? []);
}
