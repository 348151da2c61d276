import { findTestAgent } from '@tina/model-server';
import { describeCliConformance } from '../conformance/cli/describe-cli-conformance.ts';
import { codexAdapter } from './codex-adapter.ts';

describeCliConformance('Codex', {
  adapter: codexAdapter,
  program: findTestAgent('codex'),
  model: 'gpt-5.5',
  play: ({ url, command }) => {
    const provider = [
      'name="stand-in"',
      `base_url="${url}/v1"`,
      'env_key="STAND_IN_KEY"',
      'wire_api="responses"',
      'request_max_retries=2',
      'stream_max_retries=1',
    ];
    const settings = ['model_provider="stand_in"', `model_providers.stand_in={${provider.join(',')}}`];
    return {
      definition: {
        kind: 'codex',
        command: [...command],
        args: settings.flatMap((setting) => ['-c', setting]),
        env: [],
      },
      env: { STAND_IN_KEY: 'no-real-secret' },
    };
  },
  login: 'codex login',
  tellsReset: true,
  countsCacheWrites: false,
  tellsCost: false,
});
