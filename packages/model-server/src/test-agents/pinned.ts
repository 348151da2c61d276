/** An agent CLI that tests drive. */
export type TestAgent = PinnedAgent | OwnAgent;

/** One that anybody may install: `npm run agents:install` puts it into the cache. */
export interface PinnedAgent {
  readonly kind: 'pinned';
  readonly name: string;
  readonly package: string;
  readonly version: string;
  /** The program below `node_modules`; `{target}` is platform and architecture, `*` any name. */
  readonly program: string;
  /** What starts the program: Node, or nothing when it is native. */
  readonly runBy: 'node' | 'itself';
  /** Left out unless it is asked for by name. */
  readonly optional?: true;
}

/** One whose licence leaves it to the user: a test runs it where an environment variable says where it is. */
export interface OwnAgent {
  readonly kind: 'own';
  readonly name: string;
  readonly variable: string;
}

/** Which versions the adapters are proved against. */
export const TEST_AGENTS: readonly TestAgent[] = [
  {
    kind: 'pinned',
    name: 'codex',
    package: '@openai/codex',
    version: '0.169.0',
    program: '@openai/codex-{target}/vendor/*/bin/codex',
    runBy: 'itself',
  },
  {
    kind: 'pinned',
    name: 'gemini',
    package: '@google/gemini-cli',
    version: '0.61.0',
    program: '@google/gemini-cli/bundle/gemini.js',
    runBy: 'node',
  },
  {
    kind: 'pinned',
    name: 'opencode',
    package: 'opencode-ai',
    version: '1.18.33',
    program: 'opencode-{target}/bin/opencode',
    runBy: 'itself',
  },
  {
    kind: 'pinned',
    name: 'pi',
    package: '@earendil-works/pi-coding-agent',
    version: '0.74.2',
    program: '@earendil-works/pi-coding-agent/dist/cli.js',
    runBy: 'node',
  },
  {
    kind: 'pinned',
    name: 'qwen',
    package: '@qwen-code/qwen-code',
    version: '0.24.4',
    program: '@qwen-code/qwen-code/cli.js',
    runBy: 'node',
    optional: true,
  },
  {
    kind: 'pinned',
    name: 'goose',
    package: '@aaif/goose',
    version: '0.20.1',
    program: '@aaif/goose-binary-{target}/bin/goose',
    runBy: 'itself',
    optional: true,
  },
  {
    kind: 'pinned',
    name: 'codex-acp',
    package: '@agentclientprotocol/codex-acp',
    version: '2.6.0',
    program: '@agentclientprotocol/codex-acp/dist/index.js',
    runBy: 'node',
    optional: true,
  },
  { kind: 'own', name: 'claude', variable: 'TINA_TEST_CLAUDE' },
  { kind: 'own', name: 'copilot', variable: 'TINA_TEST_COPILOT' },
];

/** The folder of the cache; one folder an agent and version below it. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const told = env['TINA_TEST_AGENTS'];
  if (told !== undefined && told !== '') return told;
  const cache = env['XDG_CACHE_HOME'];
  return `${cache === undefined || cache === '' ? `${home}/.cache` : cache}/tina-test-agents`;
}

/** The folder that one version of an agent is installed in. It is there only when the installation was completed. */
export function agentFolder(cache: string, agent: PinnedAgent): string {
  return `${cache}/${agent.name}-${agent.version}`;
}
