import { describeAgentConformance } from '../conformance/describe-agent-conformance.ts';
import { playPuppet } from '../conformance/play-puppet.ts';
import { codexAdapter } from './codex-adapter.ts';

const SPEAK = `
  const tell = (method, params) => say({ method, params: { threadId: 't1', ...params } });
  const thread = { thread: { id: 't1' }, activePermissionProfile: { id: 'tina' } };
  const results = {
    'account/read': { account: null, requiresOpenaiAuth: false },
    'thread/start': thread,
    'thread/resume': thread,
    'turn/start': { turn: { id: 'n1' } },
  };
  on = ({ id, method, params }) => {
    if (id === undefined) return;
    say({ id, result: results[method] ?? {} });
    if (method === 'turn/start') onTurn(params.input[0].text);
  };
  let count = 0;
  const answer = (text) => tell('item/completed', { item: { type: 'agentMessage', id: String(count++), text } });
  const ended = (turn) => tell('turn/completed', { turn });
  const finish = (text) => { answer(text); ended({ status: 'completed' }); };
  const limit = (resetsAt) => {
    tell('account/rateLimits/updated', { rateLimits: { primary: { usedPercent: 100, resetsAt } } });
    ended({ status: 'failed', error: { message: 'enough', codexErrorInfo: 'usageLimitExceeded' } });
  };
`;

describeAgentConformance('codex, as its protocol has it', {
  adapter: codexAdapter,
  maxMessageBytes: null,
  play: (behaviour) => ({ kind: 'codex', command: playPuppet(behaviour, SPEAK), args: [], env: [] }),
  missing: () => ({ kind: 'codex', command: ['no-such-program-anywhere'], args: [], env: [] }),
});
