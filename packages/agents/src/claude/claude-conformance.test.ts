import { describeAgentConformance } from '../conformance/describe-agent-conformance.ts';
import { playPuppet } from '../conformance/play-puppet.ts';
import { claudeAdapter } from './claude-adapter.ts';

const SPEAK = `
  let count = 0;
  const id = args[args.findIndex((one) => one === '--session-id' || one === '--resume') + 1];
  on = (record) => {
    say({ type: 'system', subtype: 'init', session_id: id });
    onTurn(record.message.content);
  };
  const answer = (text) => say({ type: 'assistant', message: { id: String(count++), content: [{ type: 'text', text }] } });
  const result = (more) => say({ type: 'result', is_error: false, terminal_reason: 'completed', ...more });
  const finish = (text) => result({ result: text });
  const limit = (resetsAt) => {
    say({ type: 'rate_limit_event', rate_limit_info: { status: 'rejected', resetsAt } });
    result({ is_error: true, terminal_reason: 'api_error', api_error: 'usage_limit_reached', result: 'enough' });
  };
`;

describeAgentConformance('claude, as its protocol has it', {
  adapter: claudeAdapter,
  maxMessageBytes: null,
  addedVariables: [
    'CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC',
    'CLAUDE_CODE_MAX_RETRIES',
    'DISABLE_AUTOUPDATER',
  ],
  play: (behaviour) => ({ kind: 'claude', command: playPuppet(behaviour, SPEAK), args: [], env: [] }),
  missing: () => ({ kind: 'claude', command: ['no-such-program-anywhere'], args: [], env: [] }),
});
