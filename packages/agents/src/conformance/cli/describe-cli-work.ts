import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flood, inline, mcp, shell, text, write } from '@tina/model-server';
import { expect, it } from 'vitest';
import type { Usage } from '@tina/domain';
import { searchPath } from '../../testing/make-launch.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { openCliCase } from './cli-case.ts';
import type { CliUnderTest } from './cli-under-test.ts';
import { TOOL_SERVER } from './tool-server.ts';

/** What a shell, a terminal or a careless encoder would change. */
const NASTY =
  'Zwölf Äpfel 🍏 \u202eRTL\n\'single\' "double" `tick` $(echo no) ${HOME} $1 \\n %s {model} {{role}}\t\r\n@README.md /help !ls #x ';

const COMMIT = 'printf made > made.txt && git add -A && git commit -qm made';

/** What so many of the stand-in's answers cost. */
function usageOfAnswers({ countsCacheWrites, lacks }: CliUnderTest, answers: number): Partial<Usage> {
  if (lacks?.has('cached-tokens') === true)
    return { inputTokens: 1_000 * answers, cacheReadTokens: null, outputTokens: 40 * answers };
  const cacheWriteTokens = countsCacheWrites ? 50 * answers : 0;
  const inputTokens = (1_000 - 300) * answers - cacheWriteTokens;
  return { inputTokens, cacheReadTokens: 300 * answers, cacheWriteTokens, outputTokens: 40 * answers };
}

export function describeCliWork(subject: CliUnderTest): void {
  it('does work and commits, and says what it used', async (context) => {
    const agent = await openCliCase(subject, context);
    agent.beginTurn(1, `Do it. ${inline([shell(COMMIT, { say: 'at work' }), text('all done')])}`);
    const outcome = await agent.outcomeOf(1);
    expect(outcome).toMatchObject({ kind: 'completed', report: null, finalMessage: 'all done' });
    expect(outcome.usage).toMatchObject(usageOfAnswers(subject, 2));
    expect((outcome.usage?.costUsd ?? 0) > 0).toBe(subject.tellsCost);
    const tellsContext = (outcome.usage?.contextTokens ?? 0) > 999;
    expect(tellsContext).toBe(subject.lacks?.has('context') !== true);
    expect(agent.text()).toContain('at work');
    expect(agent.commits()).toEqual(['made', 'Begin']);
    expect(readFileSync(agent.file('made.txt'), 'utf8')).toBe('made');
    const kinds = new Set(agent.events.map(({ kind }) => kind));
    expect([...kinds]).toEqual(expect.arrayContaining(['session-id', 'tool-started', 'tool-ended', 'usage']));
    expect(kinds).not.toContain('unknown-record');
    // The service knows a model without the name of its provider.
    const name = subject.model.replace(/^.*\//, '');
    expect(agent.server.log.answers().map(({ model }) => model)).toEqual([name, name]);
  });

  it('takes a second turn, in the same process, and counts it alone', async (context) => {
    const agent = await openCliCase(subject, context);
    agent.beginTurn(1, inline([shell('echo 1'), text('one')]));
    await agent.outcomeOf(1);
    agent.beginTurn(2, inline([text('two')]));
    const outcome = await agent.outcomeOf(2);
    expect(outcome).toMatchObject({ kind: 'completed', finalMessage: 'two' });
    expect(outcome.usage).toMatchObject(usageOfAnswers(subject, 1));
    const processes = agent.events.filter(({ kind }) => kind === 'process-started').length;
    expect(processes).toBe(subject.adapter.capabilities.turnsInOneProcess ? 1 : 2);
  });

  it('finds in its commands what stands first in PATH, whatever a profile says', async (context) => {
    const bin = temporaryFolder();
    writeFileSync(join(bin, 'tina'), '#!/bin/sh\necho "$TINA_TOKEN of $TINA_ATTEMPT" > told.txt\n', {
      mode: 0o755,
    });
    const env = { PATH: `${bin}:${searchPath()}`, TINA_ATTEMPT: 'a7', TINA_TOKEN: 'my-own-token' };
    const agent = await openCliCase(subject, context, { launch: { env } });
    agent.beginTurn(1, inline([shell('tina report'), text('over')]));
    await agent.outcomeOf(1);
    expect(readFileSync(agent.file('told.txt'), 'utf8')).toBe('my-own-token of a7\n');
  });

  it('says that a tool has failed, and goes on', async (context) => {
    const agent = await openCliCase(subject, context);
    agent.beginTurn(1, inline([shell('echo to-stderr >&2; exit 3'), text('it failed')]));
    expect(await agent.outcomeOf(1)).toMatchObject({ kind: 'completed', finalMessage: 'it failed' });
    const isError = subject.lacks?.has('tool-failures') !== true;
    expect(await agent.find('tool-ended')).toMatchObject({ isError });
  });

  describePrompts(subject);
  describeAnswers(subject);
  describeTools(subject);
  describePermissions(subject);
}

function describePrompts(subject: CliUnderTest): void {
  it('G08 hands prompts over byte for byte', async (context) => {
    const agent = await openCliCase(subject, context);
    const prompt = `${NASTY}${'x'.repeat(200_000)}${inline([text('ok')])}  `;
    agent.beginTurn(1, prompt);
    expect(await agent.outcomeOf(1)).toMatchObject({ kind: 'completed', finalMessage: 'ok' });
    expect(agent.server.log.answers()[0]?.prompt === prompt).toBe(true);
  });

  for (const beginning of ['/help', '/', '!ls', '#memory', '@README.md', '-p', '--help'])
    it(`is told a prompt that begins with ${beginning} as a text, not as a command`, async (context) => {
      const agent = await openCliCase(subject, context);
      const prompt = `${beginning} ${inline([text('ok')])}`;
      agent.beginTurn(1, prompt);
      expect(await agent.outcomeOf(1)).toMatchObject({ kind: 'completed', finalMessage: 'ok' });
      // A line of Tina's may stand before it.
      expect(agent.server.log.answers()[0]?.prompt.slice(-prompt.length)).toBe(prompt);
    });
}

function describeAnswers(subject: CliUnderTest): void {
  it('keeps the end of a huge answer, and shows all of it', async (context) => {
    const agent = await openCliCase(subject, context);
    agent.beginTurn(1, inline([flood(2_000_000)]));
    const outcome = await agent.outcomeOf(1);
    expect(outcome.kind).toBe('completed');
    expect(JSON.stringify(outcome).length).toBeLessThan(1024 * 1024);
    expect(agent.text().length).toBeGreaterThanOrEqual(2_000_000);
  });

  it('survives a tool that prints three megabytes', async (context) => {
    const agent = await openCliCase(subject, context);
    agent.beginTurn(1, inline([shell('yes 0123456789 | head -c 3000000'), text('over')]));
    expect(await agent.outcomeOf(1)).toMatchObject({ kind: 'completed', finalMessage: 'over' });
  });

  for (const said of ['I think that I am finished.', '{"kind":"work","summary":'])
    it(`makes up no report for an agent that ends with: ${said}`, async (context) => {
      const agent = await openCliCase(subject, context);
      agent.beginTurn(1, inline([text(said)]));
      expect(await agent.outcomeOf(1)).toMatchObject({ kind: 'completed', report: null, finalMessage: said });
    });
}

function describeTools(subject: CliUnderTest): void {
  it('is given Tina’s tools', async (context) => {
    const command = [process.execPath, '-e', TOOL_SERVER];
    const agent = await openCliCase(subject, context, { launch: { mcp: { command, env: { ADDS: '1' } } } });
    agent.beginTurn(1, inline([mcp('add', { a: 2, b: 3 }), text('called')]));
    expect(await agent.outcomeOf(1)).toMatchObject({ kind: 'completed', finalMessage: 'called' });
    expect(agent.server.log.answers().at(-1)?.results.join('')).toContain('6');
  });

  it('goes on when Tina’s tools cannot be started, and says so', async (context) => {
    const mcpServer = { command: ['/no/such/program'], env: {} };
    const agent = await openCliCase(subject, context, { launch: { mcp: mcpServer } });
    agent.beginTurn(1, inline([shell('echo 1'), text('without')]));
    expect(await agent.outcomeOf(1)).toMatchObject({ kind: 'completed', finalMessage: 'without' });
    const saysSo = agent.text().includes('tools "tina" could not be started');
    expect(saysSo).toBe(subject.lacks?.has('broken-tools') !== true);
  });
}

function describePermissions(subject: CliUnderTest): void {
  it('G21 writes nowhere but where it may', async (context) => {
    const agent = await openCliCase(subject, context);
    const outside = `${agent.launch.directory}/outside.txt`;
    const out = `${agent.launch.directory}/out/plan.md`;
    agent.beginTurn(1, inline([write(outside, 'x'), write(out, 'plan'), text('over')]));
    expect(await agent.outcomeOf(1)).toMatchObject({ kind: 'completed', finalMessage: 'over' });
    expect(existsSync(outside)).toBe(false);
    expect(readFileSync(out, 'utf8').trim()).toBe('plan');
  });

  it('G21 as one that reads changes nothing, looks, and hands over', async (context) => {
    const agent = await openCliCase(subject, context, { launch: { access: 'read' } });
    const out = `${agent.launch.directory}/out/plan.md`;
    const steps = [
      write(agent.file('in-tree.txt'), 'x'),
      shell('touch by-command.txt'),
      shell('git log --oneline'),
      write(out, 'plan'),
      text('over'),
    ];
    agent.beginTurn(1, inline(steps));
    expect(await agent.outcomeOf(1)).toMatchObject({ kind: 'completed', finalMessage: 'over' });
    expect(existsSync(agent.file('in-tree.txt'))).toBe(false);
    expect(existsSync(agent.file('by-command.txt'))).toBe(false);
    expect(readFileSync(out, 'utf8').trim()).toBe('plan');
    expect(agent.server.log.answers().at(-1)?.results.join('\n')).toContain('Begin');
  });

  it('as one that reads hands over by command what the prompts tell it to', async (context) => {
    const bin = temporaryFolder();
    writeFileSync(join(bin, 'tina'), '#!/bin/sh\ncp "$4" "$TINA_OUT/reported.md"\n', { mode: 0o755 });
    const env = { PATH: `${bin}:${searchPath()}`, TINA_ATTEMPT: 'a7' };
    const agent = await openCliCase(subject, context, { launch: { access: 'read', env } });
    const plan = `cat > "$TINA_OUT/plan.md" <<'EOF'\n# Plan\nEOF\ntina report plan --file $TINA_OUT/plan.md`;
    agent.beginTurn(1, inline([shell(plan), text('over')]));
    expect(await agent.outcomeOf(1)).toMatchObject({ kind: 'completed', finalMessage: 'over' });
    expect(readFileSync(`${agent.launch.directory}/out/reported.md`, 'utf8')).toBe('# Plan\n');
  });

  it('works eight times at once under one HOME', async (context) => {
    const first = await openCliCase(subject, context);
    const others = [2, 3, 4, 5, 6, 7, 8].map((number) => first.another(number));
    const agents = [first, ...others];
    for (const [index, agent] of agents.entries())
      agent.beginTurn(1, inline([shell(`printf ${index} > number.txt`), text(`done ${index}`)]));
    for (const [index, agent] of agents.entries()) {
      expect(await agent.outcomeOf(1)).toMatchObject({ kind: 'completed', finalMessage: `done ${index}` });
      expect(readFileSync(`${agent.launch.worktree}/number.txt`, 'utf8')).toBe(String(index));
    }
  });
}
