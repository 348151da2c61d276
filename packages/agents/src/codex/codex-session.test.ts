import { expect, it, vi } from 'vitest';
import { type FollowedSession, followSession } from '../testing/followed-session.ts';
import { type LaunchChanges, makeLaunch } from '../testing/make-launch.ts';
import { matching } from '../testing/matching.ts';
import { puppet } from '../testing/puppet.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { codexAdapter } from './codex-adapter.ts';

/** Speaks as `codex app-server` does; `asked[method](params)` gives the result, or throws what the request is refused with. */
const SPEAK = `
  const tell = (method, params) => say({ method, params });
  const thread = (params) => ({ thread: { id: 't1' }, activePermissionProfile: { id: 'tina' }, params });
  const ended = (turn) => tell('turn/completed', { threadId: 't1', turn });
  const reply = (text) => { tell('item/completed', { item: { type: 'agentMessage', id: 'm', text } });
    ended({ status: 'completed' }); };
  const asked = {
    initialize: () => ({}),
    'account/read': () => ({ account: null, requiresOpenaiAuth: false }),
    'thread/start': thread,
    'thread/resume': thread,
    'turn/start': () => ({ turn: { id: 'n1' } }),
    'turn/steer': () => ({}),
    'turn/interrupt': () => { ended({ status: 'interrupted' }); return {}; },
  };
  const after = {};
  on = ({ id, method, params, result, error }) => {
    if (id === undefined) return;
    if (method === undefined) return answered(result ?? error);
    try { say({ id, result: asked[method](params) }); } catch (message) { say({ id, error: { code: 1, message } }); }
    if (after[method]) after[method](params);
  };
  let answered = () => {};
`;

function open(script: string, changes: LaunchChanges = {}): FollowedSession {
  const command = puppet(`${SPEAK}\n${script}`);
  const launch = makeLaunch(
    temporaryFolder(),
    { kind: 'codex', command, args: ['-c', 'x=1'], env: [] },
    changes,
  );
  return followSession(codexAdapter, launch);
}

const textOfTurn = (params = 'params'): string => `${params}.input[0].text`;

it('starts with what the launch says, with nothing secret among the arguments', async () => {
  const mcp = { command: ['tina', 'mcp'], env: { TINA_TOKEN: 'secret-of-mine' } };
  const agent = open(
    `let opened; asked['thread/start'] = (params) => { opened = params; return thread(params); };
     after['turn/start'] = () => reply(JSON.stringify({ args, opened }));`,
    { mcp, model: 'gpt-5.5', access: 'read' },
  );
  agent.beginTurn(1, 'Do it.');
  const outcome = await agent.outcomeOf(1);
  const said = outcome.kind === 'completed' ? outcome.finalMessage : '{}';
  const { args, opened } = JSON.parse(said) as { readonly args: string[]; readonly opened: object };
  expect(args.slice(0, 3)).toEqual(['app-server', '-c', 'x=1']);
  expect(args).toContain('features.daemon_auto_start=false');
  expect(args.join(' ')).not.toContain('secret-of-mine');
  expect(opened).toMatchObject({
    model: 'gpt-5.5',
    approvalPolicy: 'never',
    config: {
      default_permissions: 'tina',
      permissions: { tina: { filesystem: { ':root': 'read' }, network: { enabled: true } } },
      mcp_servers: { tina: { command: 'tina', args: ['mcp'], env: { TINA_TOKEN: 'secret-of-mine' } } },
    },
  });
  expect(JSON.stringify(opened)).not.toContain('/worktree":"write"');
});

it('G15 asks nothing of a model when nobody is logged in', async () => {
  const agent = open(`asked['account/read'] = () => ({ account: null, requiresOpenaiAuth: true });`);
  agent.beginTurn(1, 'Do it.');
  expect(await agent.outcomeOf(1)).toMatchObject({
    error: { kind: 'authentication', message: matching(/codex login/) },
  });
  expect(agent.session.pid).toBeNull();
});

it('G21 does not begin when its permissions are not taken', async () => {
  const agent = open(
    `asked['thread/start'] = () => ({ thread: { id: 't1' }, activePermissionProfile: null });`,
  );
  agent.beginTurn(1, 'Do it.');
  expect(await agent.outcomeOf(1)).toMatchObject({
    error: { message: matching(/did not take the permissions/) },
  });
});

it('G13 resumes its thread in a new process', async () => {
  const agent = open(`
    let resumed = false;
    asked['thread/resume'] = (params) => { resumed = true; return thread(params); };
    after['turn/start'] = (params) => resumed ? reply('resumed with ' + ${textOfTurn()}) : process.kill(process.pid, 'SIGKILL');
  `);
  agent.beginTurn(1, 'Do it.');
  expect(await agent.outcomeOf(1)).toMatchObject({ error: { kind: 'crash', message: matching(/SIGKILL/) } });
  agent.beginTurn(2, 'Go on.');
  expect(await agent.outcomeOf(2)).toMatchObject({ finalMessage: 'resumed with Go on.' });
});

it('begins anew with the task when its thread cannot be resumed', async () => {
  const agent = open(`
    let isGone = false;
    asked['thread/resume'] = () => { isGone = true; throw 'no rollout found'; };
    asked['thread/start'] = () => ({ thread: { id: isGone ? 't2' : 't1' }, activePermissionProfile: { id: 'tina' } });
    const last = (text) => { tell('item/completed', { item: { type: 'agentMessage', id: 'm', text } });
      tell('turn/completed', { turn: { status: 'completed' } }); };
    after['turn/start'] = (params) => isGone ? last(${textOfTurn()}) : process.kill(process.pid, 'SIGKILL');
  `);
  agent.beginTurn(1, 'Do it.');
  await agent.outcomeOf(1);
  agent.beginTurn(2, 'Go on.');
  expect(await agent.outcomeOf(2)).toMatchObject({
    finalMessage: 'Do it.\n\n# What Tina sent back\n\nGo on.',
  });
});

it('tells a message to the turn under way, and interrupts it', async () => {
  const agent = open(`
    asked['turn/steer'] = ({ clientUserMessageId, input }) => {
      tell('item/started', { item: { type: 'userMessage', clientId: clientUserMessageId } });
      tell('item/agentMessage/delta', { itemId: 'm', delta: 'heard ' + input[0].text });
      return {}; };
  `);
  expect([agent.session.say({ id: 'm1', text: 'Look.' }), agent.session.interrupt()]).toEqual([false, false]);
  agent.beginTurn(1, 'Do it.');
  await vi.waitUntil(() => agent.session.say({ id: 'm1', text: 'Look.' }));
  expect(await agent.find('message-delivered')).toMatchObject({ messageId: 'm1' });
  expect(await agent.find('text')).toMatchObject({ text: 'heard Look.' });
  expect(agent.session.interrupt()).toBe(true);
  expect(await agent.outcomeOf(1)).toMatchObject({ error: { message: 'The turn was interrupted.' } });
  expect(agent.session.interrupt()).toBe(false);
});

it('goes on when a message comes too late, and counts answers that nobody asked for', async () => {
  const agent = open(`
    asked['turn/steer'] = () => { throw 'no active turn to steer'; };
    after['turn/steer'] = () => { say({ id: 77, result: {} }); reply('over'); };
  `);
  agent.beginTurn(1, 'Do it.');
  await vi.waitUntil(() => agent.session.say({ id: 'm1', text: 'Look.' }));
  expect(await agent.outcomeOf(1)).toMatchObject({ kind: 'completed', finalMessage: 'over' });
  expect(agent.events).toContainEqual({ kind: 'unknown-record', type: 'answer' });
});

it('answers what it is asked, and never waits for a person', async () => {
  const agent = open(`
    after['turn/start'] = () => say({ id: 'q1', method: 'item/commandExecution/requestApproval', params: {} });
    answered = (result) => reply(JSON.stringify(result));
  `);
  agent.beginTurn(1, 'Do it.');
  expect(await agent.outcomeOf(1)).toMatchObject({ finalMessage: '{"decision":"decline"}' });
});

it.each([
  ['turn/start', 'turn'],
  ['thread/start', 'open'],
  ['initialize', 'initialize'],
])('ends the turn when %s is refused', async (method, what) => {
  const agent = open(`asked['${method}'] = () => { throw 'not today'; };`);
  agent.beginTurn(1, 'Do it.');
  const message = `Codex refused to begin (${what}): not today`;
  expect(await agent.outcomeOf(1)).toMatchObject({ error: { kind: 'crash', message } });
});
