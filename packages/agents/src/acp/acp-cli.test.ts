import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findTestAgent, inline, mcp, shell, text } from '@tina/model-server';
import { describe, expect, it, vi } from 'vitest';
import { openCliCase } from '../conformance/cli/cli-case.ts';
import type { CliUnderTest } from '../conformance/cli/cli-under-test.ts';
import { TOOL_SERVER } from '../conformance/cli/tool-server.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { acpAdapter } from './acp-adapter.ts';

/** Gemini CLI as any agent that speaks the protocol: a user's own configuration, and nothing that Tina knows of it. */
const SUBJECT: CliUnderTest = {
  adapter: acpAdapter,
  program: findTestAgent('gemini'),
  model: 'auto',
  play({ url, command }) {
    const home = temporaryFolder();
    const settings = {
      security: { auth: { selectedType: 'gemini-api-key' } },
      general: { enableAutoUpdate: false },
      privacy: { usageStatisticsEnabled: false },
      model: { name: 'gemini-3-pro' },
    };
    writeFileSync(join(home, 'settings.json'), JSON.stringify(settings));
    return {
      definition: {
        kind: 'acp',
        command: [
          'sh',
          '-c',
          'mkdir -p "$HOME/.gemini" && cp "$1" "$HOME/.gemini/" && shift && exec "$@"',
          'sh',
          join(home, 'settings.json'),
          ...command,
          '--acp',
          '--skip-trust',
        ],
        env: [],
        readMode: 'default',
      },
      env: {
        GEMINI_API_KEY: 'no-real-secret',
        GEMINI_CLI_NO_RELAUNCH: 'true',
        GOOGLE_GEMINI_BASE_URL: url,
      },
    };
  },
  login: 'gemini',
  tellsReset: true,
  countsCacheWrites: false,
  tellsCost: false,
};

const LAUNCH = { launch: { model: null } };

describe('an agent that speaks the Agent Client Protocol', () => {
  it('is asked who it is', async (context) => {
    const { program } = SUBJECT;
    if (program.kind === 'missing') return context.skip(program.reason);
    const command = [...program.command, '--acp'];
    const place = { projectDirectory: '/', env: { PATH: process.env['PATH'], HOME: temporaryFolder() } };
    const probe = await acpAdapter.probe({ kind: 'acp', command, env: [] }, place);
    expect(probe).toMatchObject({ isFound: true, version: 'gemini-cli 0.61.0', problem: null });
    const other = await acpAdapter.probe({ kind: 'acp', command: ['true'], env: [] }, place);
    expect(other.problem).toMatch(/without an answer to the Agent Client Protocol/);
    return undefined;
  });

  it('does work and commits, is given Tina’s tools, and takes a second turn', async (context) => {
    const mcpServer = { command: [process.execPath, '-e', TOOL_SERVER], env: { ADDS: '1' } };
    const agent = await openCliCase(SUBJECT, context, { launch: { ...LAUNCH.launch, mcp: mcpServer } });
    const commit = 'printf made > made.txt && git add -A && git commit -qm made';
    agent.beginTurn(1, inline([shell(commit), mcp('add', { a: 2, b: 3 }), text('all done')]));
    expect(await agent.outcomeOf(1)).toMatchObject({
      kind: 'completed',
      finalMessage: 'all done',
      usage: { inputTokens: 3_000, outputTokens: 120 },
    });
    expect(agent.commits()).toEqual(['made', 'Begin']);
    expect(agent.server.log.answers().at(-1)?.results.join('')).toContain('6');
    agent.beginTurn(2, inline([text('two')]));
    expect(await agent.outcomeOf(2)).toMatchObject({ finalMessage: 'two', usage: { inputTokens: 1_000 } });
    expect(agent.events.filter(({ kind }) => kind === 'process-started')).toHaveLength(1);
  });

  it('G21 as one that reads changes nothing, and looks', async (context) => {
    const agent = await openCliCase(SUBJECT, context, { launch: { ...LAUNCH.launch, access: 'read' } });
    agent.beginTurn(1, inline([shell('touch by-command.txt'), text('over')]));
    expect(await agent.outcomeOf(1)).toMatchObject({ kind: 'completed', finalMessage: 'over' });
    expect(existsSync(agent.file('by-command.txt'))).toBe(false);
  });

  it('G14 interrupts a turn, goes on, and leaves nothing when it is ended', async (context) => {
    const agent = await openCliCase(SUBJECT, context, LAUNCH);
    agent.beginTurn(1, inline([shell('echo $$ > pid.txt; exec tail -f /dev/null'), text('never')]));
    await vi.waitUntil(() => existsSync(agent.file('pid.txt')), { timeout: 30_000, interval: 20 });
    expect(readFileSync(agent.file('pid.txt'), 'utf8')).toMatch(/\d/);
    expect(agent.session.interrupt()).toBe(true);
    expect(await agent.outcomeOf(1)).toMatchObject({ error: { message: 'The turn was interrupted.' } });
    expect(agent.left(agent.session.pid)).toEqual([]);
    agent.beginTurn(2, inline([text('after it')]));
    expect(await agent.outcomeOf(2)).toMatchObject({ kind: 'completed', finalMessage: 'after it' });
    await agent.session.end({ graceMs: 2_000 });
    expect(agent.left(null)).toEqual([]);
  });

  it('refuses a model that the agent does not offer, before anything is spent', async (context) => {
    const agent = await openCliCase(SUBJECT, context, { launch: { model: 'no-such-model' } });
    agent.beginTurn(1, 'Do it.');
    const outcome = await agent.outcomeOf(1);
    expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'crash' } });
    expect(JSON.stringify(outcome)).toMatch(/does not offer the model .*no-such-model.*auto/);
    expect(agent.server.log.answers()).toEqual([]);
  });
});
