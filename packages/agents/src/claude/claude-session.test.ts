import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { type FollowedSession, followSession } from '../testing/followed-session.ts';
import { type LaunchChanges, makeLaunch } from '../testing/make-launch.ts';
import { matching } from '../testing/matching.ts';
import { puppet } from '../testing/puppet.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { claudeAdapter } from './claude-adapter.ts';

/** Speaks as Claude Code does; `turn(text, uuid)` is what it does with a turn. */
const SPEAK = `
  const id = args[args.findIndex((one) => one === '--session-id' || one === '--resume') + 1];
  const resumes = args.includes('--resume');
  const init = (more = {}) => say({ type: 'system', subtype: 'init', session_id: id, ...more });
  const answer = (text) => say({ type: 'assistant', message: { id: text, content: [{ type: 'text', text }],
    usage: { input_tokens: 10 } } });
  const result = (result, more = {}) => say({ type: 'result', is_error: false, result, ...more });
  on = (record) => record.type === 'user' ? turn(record.message.content, record.uuid) : other(record);
  let other = () => {};
  let turn = () => {};
`;

function open(script: string, changes: LaunchChanges = {}): FollowedSession & { readonly folder: string } {
  const folder = temporaryFolder();
  const command = puppet(`${SPEAK}\n${script}`);
  const launch = makeLaunch(folder, { kind: 'claude', command, args: ['--betas', 'x'], env: [] }, changes);
  return { ...followSession(claudeAdapter, launch), folder: launch.directory };
}

it('starts with what the launch says, the user’s own arguments first', async () => {
  const mcp = { command: ['tina', 'mcp'], env: { TINA_TOKEN: 'secret-of-mine' } };
  const agent = open(
    `turn = () => {
      const file = require('fs').readFileSync(args[args.indexOf('--mcp-config') + 1], 'utf8').replace('secret-', '');
      init(); result(JSON.stringify({ args, file, retries: process.env.CLAUDE_CODE_MAX_RETRIES })); };`,
    { mcp, model: 'opus', env: { PATH: process.env['PATH'] ?? '', TINA_ATTEMPT: 'a1' } },
  );
  agent.beginTurn(1, 'Do it.');
  const outcome = await agent.outcomeOf(1);
  const said = outcome.kind === 'completed' ? outcome.finalMessage : '{}';
  const { args, file, retries } = JSON.parse(said) as Readonly<Record<'file' | 'retries', string>> & {
    readonly args: string[];
  };
  expect(args.slice(0, 3)).toEqual(['--betas', 'x', '-p']);
  expect(args.join(' ')).toMatch(
    /--model opus --session-id [\da-f-]{36} --strict-mcp-config --mcp-config \S+/,
  );
  expect(args.join(' ')).not.toContain('secret-of-mine');
  expect(retries).toBe('3');
  expect(existsSync(join(agent.folder, 'mcp.json'))).toBe(false);
  const variables = { TINA_TOKEN: 'of-mine', TINA_ATTEMPT: 'a1', TINA_TOOL_SERVER: '1' };
  expect(JSON.parse(file)).toMatchObject({
    mcpServers: { tina: { command: 'tina', args: ['mcp'], env: variables } },
  });
});

it('answers what it is asked, by a rule and never by a person', async () => {
  const agent = open(`
    const answers = [];
    const ask = (tool_name, input) => say({ type: 'control_request', request_id: tool_name,
      request: { subtype: 'can_use_tool', tool_name, input } });
    turn = () => { init(); ask('WebFetch', { url: 'token-of-this-attempt' }); ask('Write', { file_path: '/etc/x' });
      say({ type: 'control_request', request_id: 'q', request: { subtype: 'new_question' } }); };
    other = ({ response }) => { answers.push(response); if (answers.length === 3) result(JSON.stringify(answers)); };
  `);
  agent.beginTurn(1, 'Do it.');
  const outcome = await agent.outcomeOf(1);
  const answers: unknown = JSON.parse(outcome.kind === 'completed' ? outcome.finalMessage : '[]');
  expect(answers).toMatchObject([
    // Here it is taken out because the final message tells it; the program itself got it back as it was.
    { request_id: 'WebFetch', response: { behavior: 'allow', updatedInput: { url: '[token]' } } },
    { request_id: 'Write', response: { behavior: 'deny', message: matching(/only below/) } },
    { subtype: 'error', request_id: 'q', error: matching(/new_question/) },
  ]);
  expect(agent.events).toContainEqual({ kind: 'progress', message: matching(/^refused Write/) });
});

it('G13 resumes its conversation in a new process', async () => {
  const agent = open(`
    turn = (text) => { init(); answer('begun');
      if (resumes) return result('resumed with ' + text);
      process.kill(process.pid, 'SIGKILL'); };
  `);
  agent.beginTurn(1, 'Do it.');
  expect(await agent.outcomeOf(1)).toMatchObject({ error: { kind: 'crash', message: matching(/SIGKILL/) } });
  agent.beginTurn(2, 'Go on.');
  expect(await agent.outcomeOf(2)).toMatchObject({ finalMessage: 'resumed with Go on.' });
  expect(agent.events.filter(({ kind }) => kind === 'session-id')).toHaveLength(1);
});

it('begins anew with the task when a conversation cannot be resumed', async () => {
  const agent = open(`
    turn = (text) => {
      if (resumes) { say({ type: 'result', is_error: true, errors: ['No conversation found'] }); process.exit(1); }
      init(); answer('begun');
      if (text === 'Do it.') process.kill(process.pid, 'SIGKILL');
      else result(text); };
  `);
  agent.beginTurn(1, 'Do it.');
  await agent.outcomeOf(1);
  agent.beginTurn(2, 'Go on.');
  expect(await agent.outcomeOf(2)).toMatchObject({ error: { message: 'No conversation found' } });
  await vi.waitUntil(() => agent.session.pid === null);
  agent.beginTurn(3, 'Go on, please.');
  expect(await agent.outcomeOf(3)).toMatchObject({
    finalMessage: 'Do it.\n\n# What Tina sent back\n\nGo on, please.',
  });
  expect(agent.events.filter(({ kind }) => kind === 'session-id')).toHaveLength(2);
});

it('does not let a message that was not heard begin a turn of its own after an interrupt', async () => {
  const agent = open(`
    turn = (text) => { if (text === 'Do it.') { init(); answer('begun'); } else if (resumes) { init(); result(text); } };
    other = () => result('', { is_error: true, terminal_reason: 'aborted_tools' });
  `);
  agent.beginTurn(1, 'Do it.');
  await agent.find('text');
  expect(agent.session.say({ id: 'm1', text: 'Look.' })).toBe(true);
  expect(agent.session.interrupt()).toBe(true);
  expect(await agent.outcomeOf(1)).toMatchObject({ error: { message: 'The turn was interrupted.' } });
  await vi.waitUntil(() => agent.session.pid === null);
  agent.beginTurn(2, 'Next.');
  expect(await agent.outcomeOf(2)).toMatchObject({ finalMessage: 'Next.' });
});

it('says nothing to an agent between its turns', async () => {
  const agent = open(`turn = () => { init(); result('done'); };`);
  expect(agent.session.say({ id: 'm1', text: 'Look.' })).toBe(false);
  agent.beginTurn(1, 'Do it.');
  await agent.outcomeOf(1);
  expect([agent.session.say({ id: 'm1', text: 'Look.' }), agent.session.interrupt()]).toEqual([false, false]);
});
