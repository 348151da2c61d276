import { findTestAgent } from '@tina/model-server';
import { describeCliConformance } from '../conformance/cli/describe-cli-conformance.ts';
import { claudeAdapter } from './claude-adapter.ts';

describeCliConformance('Claude Code', {
  adapter: claudeAdapter,
  program: findTestAgent('claude'),
  model: 'claude-opus-5-5',
  play: ({ url, command }, { hasSubscription }) => ({
    definition: { kind: 'claude', command: [...command], args: [], env: [] },
    env: {
      ANTHROPIC_BASE_URL: url,
      [hasSubscription ? 'CLAUDE_CODE_OAUTH_TOKEN' : 'ANTHROPIC_API_KEY']: 'no-real-secret',
    },
  }),
  login: 'claude auth login',
  tellsReset: true,
  countsCacheWrites: true,
  tellsCost: true,
});
