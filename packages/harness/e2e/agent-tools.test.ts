import { readFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { ActionView, DaemonView, MessageView, QuestionView, RunView } from '@tina/contract';
import {
  designOf,
  entry,
  eventsOf,
  hold,
  planOf,
  Sandbox,
  scriptOf,
  start,
  TINA,
  until,
  workOn,
} from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

const PLAN = entry('role: planner', planOf('{ title: one, files: [a.txt], acceptance: [it is there] }'));

/** Tries until it is there. */
async function untilThere<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  let found: T | undefined;
  await until(what, async () => (found = await look()) !== undefined, 60_000);
  return found as T;
}

const attemptAtWork = async (): Promise<string> => {
  const view = await sandbox.json<RunView>('status', 'sample');
  return view.attempts.find(({ role }) => role === 'implementer')?.id ?? '';
};

const messagesOf = (): Promise<readonly MessageView[]> => sandbox.json('messages', 'sample');

test('G23 an agent tells, asks and writes; a person answers and sends, and it comes in the next turn, once', async () => {
  sandbox = await Sandbox.create({
    script: scriptOf(
      PLAN,
      entry(
        'role: implementer, turn: 1',
        'run: tina mine --json',
        'run: tina progress "half way"',
        'run: tina ask "Drop the column?" --choice yes --choice no --wait 60s',
        'send: The column is dropped.',
        ...hold('work'),
        ...workOn('a.txt'),
      ),
      entry(
        'role: implementer, turn: 2',
        'say: "turn 2 hears {message}"',
        'run: tina inbox',
        'report: { kind: work, summary: heeded }',
      ),
    ),
  });
  await start(sandbox, designOf('Only'));
  const question = await untilThere('a question is asked', async () => {
    const { questions } = await sandbox.json<RunView>('status', 'sample');
    return questions[0] satisfies QuestionView | undefined;
  });
  expect(question).toMatchObject({ text: 'Drop the column?', choices: ['yes', 'no'], role: 'implementer' });
  const status = (await sandbox.tina('status', 'sample')).stdout;
  expect(status).toContain(`asks: Drop the column? (yes | no)`);
  expect(status).toContain(`tina answer ${question.id} "yes"`);
  expect(status).toContain('half way');
  expect((await sandbox.tina('runs')).stdout).toContain('waits for you');
  expect((await sandbox.tina('answer', question.id, 'yes, it is empty')).code).toBe(0);
  expect((await sandbox.tina('answer', question.id, 'no')).stderr).toContain('was answered already');
  await sandbox.reached('work');

  const attempt = await attemptAtWork();
  const sent = await sandbox.tina('send', attempt, 'Use “tabs”; $HOME `x`\nand two lines');
  expect(sent.stdout).toContain(`it will reach ${attempt} in its next turn.`);
  const waiting = sandbox.follow('send', 'sample/phase-1-task-1', 'Be quick.', '--wait', '--timeout', '60s');
  await until(
    'both wait',
    async () => (await messagesOf()).filter(({ status: is }) => is === 'waiting').length === 2,
  );
  await sandbox.release('work');
  const delivered = await waiting.ended;
  expect([delivered.code, delivered.stdout]).toEqual([
    0,
    expect.stringContaining(`is in turn 2 of attempt ${attempt}.`),
  ]);
  expect(await sandbox.wait('sample')).toBe(0);

  const { stdout: output } = await sandbox.tina('logs', attempt);
  expect(output).toContain('yes, it is empty');
  expect(output).toContain('turn 2 hears [message ');
  expect(output).toContain('Use “tabs”; $HOME `x`\nand two lines');
  expect(output).toContain('No message waits for you.');
  const events = await eventsOf(sandbox, 'sample');
  expect(events.filter(({ type }) => type === 'message.delivered').map(({ data }) => data['mode'])).toEqual([
    'read',
    'turn-start',
    'turn-start',
  ]);
  expect(events.filter(({ type }) => type === 'attempt.returned').map(({ data }) => data['reason'])).toEqual([
    'message',
  ]);
  expect(
    (await messagesOf()).map(({ to, status: is }) => [
      to === attempt ? 'attempt' : to.includes('-t') ? 'task' : to,
      is,
    ]),
  ).toEqual([
    ['attempt', 'delivered'],
    ['operator', 'kept'],
    ['attempt', 'delivered'],
    ['task', 'delivered'],
  ]);
  const late = await sandbox.tina('send', attempt, 'too late');
  expect(late.code).toBe(1);
  expect(late.stderr).toMatch(/run is complete|has ended/);
  expect((await sandbox.tina('verify', 'sample')).code).toBe(0);
}, 180_000);

test('G13 G25 a message survives the death of daemon and is delivered once; a question that nobody answers holds nothing up', async () => {
  sandbox = await Sandbox.create({
    script: scriptOf(
      PLAN,
      entry(
        'role: implementer, turn: 1',
        'run: tina ask "Nobody knows" --wait 0s',
        ...hold('work'),
        ...workOn('a.txt'),
      ),
      entry('role: implementer, turn: 2', 'say: "{message}"', 'report: { kind: work, summary: heeded }'),
    ),
  });
  await start(sandbox, designOf('Only'));
  await sandbox.reached('work');
  const attempt = await attemptAtWork();
  await sandbox.tina('send', attempt, 'first words');
  const { pid } = await sandbox.json<DaemonView>('daemon', 'status');
  process.kill(pid, 'SIGKILL');
  expect((await sandbox.tina('send', attempt, 'second words')).code).toBe(0);
  const refused = await sandbox.tina('send', attempt, 'x'.repeat(32_769));
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('at most 32 KiB')]);
  await sandbox.release('work');
  expect(await sandbox.wait('sample')).toBe(0);
  const events = await eventsOf(sandbox, 'sample');
  expect(events.filter(({ type }) => type === 'message.delivered')).toHaveLength(2);
  const { stdout: output } = await sandbox.tina('logs', attempt);
  // Once as what Tina says, once as what the agent repeats; and in this order.
  expect(output.match(/first words/g)).toHaveLength(2);
  expect(output.indexOf('first words')).toBeLessThan(output.indexOf('second words'));
  expect((await sandbox.tina('verify', 'sample')).code).toBe(0);
}, 180_000);

/** The tools of the agent that is held at its work. */
async function agentEnvironment(): Promise<Readonly<Record<string, string>>> {
  const [pid] = await sandbox.processesWith('scripted-agent');
  const text = await readFile(`/proc/${pid}/environ`, 'utf8');
  const variables = text.split('\0').map((line) => line.split(/=(.*)/s) as [string, string]);
  return Object.fromEntries(variables.filter(([name]) => name === 'TINA_SOCKET' || name === 'TINA_TOKEN'));
}

async function connected(transport: StdioClientTransport | StreamableHTTPClientTransport): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  return client;
}

const HELD = scriptOf(
  PLAN,
  entry('role: implementer', ...hold('work'), ...workOn('a.txt')),
  entry('role: reviewer', ...hold('review'), 'report: { kind: review, verdict: pass, summary: fine }'),
);

test('G29 the tools of the role over stdio, with objects as results, and no others', async () => {
  sandbox = await Sandbox.create({ script: HELD });
  await start(sandbox, designOf('Only'));
  await sandbox.reached('work');
  const env = await agentEnvironment();
  const client = await connected(
    new StdioClientTransport({
      command: TINA,
      args: ['mcp'],
      env: { ...env, PATH: process.env['PATH'] ?? '' },
    }),
  );
  try {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'task',
      'report',
      'progress',
      'ask',
      'read_messages',
      'send_message',
      'findings',
      'usage',
    ]);
    expect(JSON.stringify(tools.find(({ name }) => name === 'report')?.inputSchema)).toContain(
      '"const":"work"',
    );
    expect(JSON.stringify(tools.find(({ name }) => name === 'report')?.inputSchema)).not.toContain(
      '"const":"plan"',
    );
    const task = await client.callTool({ name: 'task', arguments: {} });
    expect(task.structuredContent).toMatchObject({
      role: 'implementer',
      taskName: 'phase-1-task-1',
      files: ['a.txt'],
      acceptance: ['it is there'],
      report: 'work',
    });
    await sandbox.tina('send', 'sample/phase-1-task-1', 'for the inbox');
    const read = await client.callTool({ name: 'read_messages', arguments: {} });
    expect(read.structuredContent).toMatchObject({
      messages: [{ text: 'for the inbox', from: null }],
      more: 0,
    });
    const bad = await client.callTool({ name: 'progress', arguments: { message: '' } });
    expect(bad).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('field: message') as string }],
    });
    const nobody = await client.callTool({
      name: 'send_message',
      arguments: { to: 'planner', text: 'hello' },
    });
    expect(nobody).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('No other planner is at work.') as string }],
    });
    const none = await client.callTool({ name: 'skip', arguments: {} });
    expect(none).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('There is no tool skip.') as string }],
    });
  } finally {
    await client.close();
  }
  await sandbox.release('work');
  await sandbox.release('review');
  expect(await sandbox.wait('sample')).toBe(0);
  expect((await messagesOf()).map(({ delivery }) => delivery?.mode)).toEqual(['read']);
}, 180_000);

test('G29 G30 the same over HTTP on this machine alone; without the token of an agent nothing is answered', async () => {
  sandbox = await Sandbox.create({ script: HELD });
  const { mcpUrl } = await sandbox.json<DaemonView>('daemon', 'start', '--mcp-port', '0');
  expect(mcpUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mcp$/);
  const url = new URL(mcpUrl ?? '');
  await start(sandbox, designOf('Only'));
  await sandbox.release('work');
  await sandbox.reached('review');
  const { TINA_TOKEN: token = '' } = await agentEnvironment();
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const bearer = { authorization: `Bearer ${token}` };
  const ask = async (more: Record<string, string>): Promise<number> =>
    (await fetch(url, { method: 'POST', body, headers: { ...headers, ...more } })).status;
  expect([
    await ask({}),
    await ask({ authorization: 'Bearer nonsense' }),
    await ask({ ...bearer, origin: 'https://example.com' }),
    await ask({ ...bearer, origin: url.origin }),
  ]).toEqual([401, 401, 403, 200]);

  const client = await connected(
    new StreamableHTTPClientTransport(url, { requestInit: { headers: bearer } }),
  );
  try {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'task',
      'report',
      'progress',
      'read_messages',
      'findings',
      'usage',
    ]);
    const usage = await client.callTool({ name: 'usage', arguments: {} });
    expect(usage.structuredContent).toMatchObject({ turn: 1 });
    const refused = await client.callTool({
      name: 'send_message',
      arguments: { to: 'operator', text: 'psst' },
    });
    expect(refused).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('A reviewer may not call agent.messages.send.') as string }],
    });
    const report = { kind: 'review', verdict: 'pass', summary: 'seen' };
    const reported = await client.callTool({ name: 'report', arguments: { report } });
    expect(reported.structuredContent).toMatchObject({ accepted: true });
  } finally {
    await client.close();
  }
  const actions = await sandbox.jsonLines<ActionView>('actions', 'sample');
  expect(actions.at(-1)).toMatchObject({
    kind: 'agent.messages.send',
    outcome: 'rejected',
    reasonCode: 'not_allowed',
  });
  await sandbox.release('review');
  expect(await sandbox.wait('sample')).toBe(0);
  // The token of an attempt that has ended is good for nothing.
  const late = await fetch(url, { method: 'POST', body, headers: { ...headers, ...bearer } });
  expect(await late.text()).toContain('has ended');
}, 180_000);

test('G29 a prompt is shown with its placeholders explained, and as an agent gets it', async () => {
  sandbox = await Sandbox.create({ script: HELD });
  await start(sandbox, designOf('Only'));
  await sandbox.reached('work');
  const bare = (await sandbox.tina('prompt', 'spec-reviewer')).stdout;
  expect(bare).toContain('`findings` (`tina mine findings`)');
  expect(bare).not.toContain('tina say');
  expect(bare).toContain('<range>  the commits to look at');
  const real = (await sandbox.tina('prompt', 'implementer', '--run', 'sample', '--task', 'phase-1-task-1'))
    .stdout;
  expect(real).toContain('# phase-1-task-1: one');
  expect(real).toContain('Change only these files: `a.txt`');
  const [code, stderr] = await sandbox
    .tina('prompt', 'planner', '--task', 'sample/phase-1-task-1')
    .then((all) => [all.code, all.stderr]);
  expect([code, stderr]).toEqual([1, expect.stringContaining('No planner works at phase-1-task-1.')]);
  await sandbox.release('work');
  await sandbox.release('review');
  expect(await sandbox.wait('sample')).toBe(0);
}, 180_000);
