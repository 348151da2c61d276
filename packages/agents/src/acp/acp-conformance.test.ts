import { describeAgentConformance } from '../conformance/describe-agent-conformance.ts';
import { playPuppet } from '../conformance/play-puppet.ts';
import { acpAdapter } from './acp-adapter.ts';

const SPEAK = `
  let asked;
  const sessionId = 's1';
  const models = { currentModelId: 'haiku', availableModels: [{ modelId: 'haiku', name: 'Haiku' }] };
  const reply = (id, result) => say({ jsonrpc: '2.0', id, result });
  on = ({ id, method, params }) => {
    if (method === 'initialize') return reply(id, { protocolVersion: 1, agentCapabilities: { loadSession: true } });
    if (method === 'session/new') return reply(id, { sessionId, models });
    if (method === 'session/load') return reply(id, { models });
    asked = id;
    onTurn(params.prompt[0].text);
  };
  const update = (one) => say({ jsonrpc: '2.0', method: 'session/update', params: { sessionId, update: one } });
  const answer = (text) => {
    update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });
    update({ sessionUpdate: 'tool_call', toolCallId: String(Math.random()), status: 'completed', title: 'a tool' });
  };
  const finish = (text) => {
    update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });
    reply(asked, { stopReason: 'end_turn', usage: { inputTokens: 10, outputTokens: 1, totalTokens: 11 } });
  };
  const limit = (resetsAt) => {
    const seconds = resetsAt - Math.floor(Date.now() / 1000);
    const error = { code: 429, message: 'Too many requests. Suggested retry after ' + seconds + 's.' };
    say({ jsonrpc: '2.0', id: asked, error });
  };
`;

describeAgentConformance('acp, as its protocol has it', {
  adapter: acpAdapter,
  maxMessageBytes: null,
  play: (behaviour) => ({ kind: 'acp', command: playPuppet(behaviour, SPEAK), env: [] }),
  missing: () => ({ kind: 'acp', command: ['no-such-program-anywhere'], env: [] }),
});
