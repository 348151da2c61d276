import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openOfflineNetwork } from '../offline/open-offline.ts';
import { inline } from '../scenario/inline.ts';
import { shell, text as say } from '../scenario/steps.ts';
import { createModelServer } from '../server/create-model-server.ts';
import { findTestAgent } from './find-test-agent.ts';

/** How an agent CLI is asked for one turn, in the repository it stands in. */
interface OneTurn {
  readonly name: string;
  readonly args: (prompt: string, url: string) => readonly string[];
  readonly env: (url: string) => Readonly<Record<string, string>>;
  /** A file of the agent's home that it needs. */
  readonly settings?: readonly [path: string, content: string];
}

const agents: readonly OneTurn[] = [
  {
    name: 'codex',
    args: (prompt, url) => {
      const provider = `{name="stand-in",base_url="${url}/v1",env_key="STAND_IN_KEY",wire_api="responses"}`;
      const settings = [
        ...['plugins', 'remote_plugin', 'apps', 'daemon_auto_start'].map((name) => `features.${name}=false`),
        'check_for_update_on_startup=false',
        'analytics.enabled=false',
        'model_provider="stand_in"',
        `model_providers.stand_in=${provider}`,
      ].flatMap((setting) => ['-c', setting]);
      return ['exec', '--json', '-m', 'gpt-5.5', '-s', 'danger-full-access', ...settings, '--', prompt];
    },
    env: () => ({ STAND_IN_KEY: 'none' }),
  },
  {
    name: 'gemini',
    args: (prompt) => [
      '-m',
      'gemini-3-pro',
      '-o',
      'stream-json',
      '--skip-trust',
      '--yolo',
      `--prompt=${prompt}`,
    ],
    env: (url) => ({
      GEMINI_API_KEY: 'none',
      GOOGLE_GEMINI_BASE_URL: url,
      GEMINI_CLI_NO_RELAUNCH: 'true',
    }),
    settings: [
      '.gemini/settings.json',
      JSON.stringify({
        security: { auth: { selectedType: 'gemini-api-key' } },
        general: { enableAutoUpdate: false },
        privacy: { usageStatisticsEnabled: false },
      }),
    ],
  },
  {
    name: 'claude',
    args: (prompt) => {
      const output = ['-p', '--output-format', 'stream-json', '--verbose', '--model', 'claude-opus-5-5'];
      return [...output, '--allowedTools', 'Bash', '--', prompt];
    },
    env: (url) => ({
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: 'none',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
    }),
  },
];

/** A repository with one commit, and a home and a folder for temporary files of the agent's own. */
function makePlace(agent: OneTurn): { repository: string; env: Readonly<Record<string, string>> } {
  const base = mkdtempSync(join(realpathSync(tmpdir()), 'tina-real-agent-'));
  onTestFinished(() => rmSync(base, { recursive: true, force: true, maxRetries: 3 }));
  const [repository, home, temporary] = ['repository', 'home', 'tmp'].map((name) => join(base, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [repository, home, temporary]) mkdirSync(folder);
  const [path, content] = agent.settings ?? ['.nothing', ''];
  mkdirSync(join(home, path, '..'), { recursive: true });
  writeFileSync(join(home, path), content);
  for (const args of [
    ['init', '-q'],
    ['config', 'user.email', 'a@example.org'],
    ['config', 'user.name', 'A'],
  ])
    execFileSync('git', args, { cwd: repository });
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: temporary, LANG: 'C.UTF-8' };
  return { repository, env };
}

describe.each(agents)('$name, as it is', (agent) => {
  it('works with the stand-in model and nothing else', async (context) => {
    const found = findTestAgent(agent.name);
    if (found.kind === 'missing') return context.skip(found.reason);
    const server = await createModelServer();
    onTestFinished(() => server.close());
    const network = await openOfflineNetwork(server.url);
    if (network !== null) onTestFinished(() => network.close());
    const { repository, env } = makePlace(agent);
    const work = shell('echo made > made.txt && git add . && git commit -qm made');
    const prompt = `Zwölf Äpfel 🍏 "$HOME" ${inline([work, say('all done')])}`;
    const command = [...(network?.prefix ?? []), ...found.command, ...agent.args(prompt, server.url)];
    const [program = '', ...args] = command;
    const child = spawn(program, args, {
      cwd: repository,
      env: { ...env, ...agent.env(server.url) },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(await text(child.stdout)).toContain('all done');
    const subjects = execFileSync('git', ['log', '--format=%s'], { cwd: repository, encoding: 'utf8' });
    expect(subjects.trim()).toBe('made');
    expect(server.log.answers().map(({ step }) => step)).toEqual(['shell', 'text']);
    expect(server.log.answers().map((request) => request.prompt)).toEqual([prompt, prompt]);
    expect(network?.lookups() ?? []).toEqual([]);
    return undefined;
  });
});
