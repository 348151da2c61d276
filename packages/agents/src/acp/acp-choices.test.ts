import { expect, it } from 'vitest';
import { fieldsOf } from '../cli/json-fields.ts';
import { readRecording } from '../testing/recording.ts';
import { chooseMode, chooseModel } from './acp-choices.ts';

/** What opened the session in a recording. */
function opened(agent: string): ReturnType<typeof fieldsOf> {
  const records = readRecording(`acp-${agent}`, 'work').map((line) => fieldsOf(JSON.parse(line)));
  return fieldsOf(records.find((record) => record['id'] === 2)?.['result']);
}

const request = (method: string, params: object): object => ({ kind: 'known', choice: { method, params } });

it('chooses a model as the agent offers it, by its id or name', () => {
  expect(chooseModel(opened('codex'), 'gpt-6.1-sol[low]')).toEqual(
    request('session/set_model', { modelId: 'gpt-6.1-sol[low]' }),
  );
  expect(chooseModel(opened('codex'), '6.1 sol (low)')).toEqual(
    request('session/set_model', { modelId: 'gpt-6.1-sol[low]' }),
  );
  expect(chooseModel(opened('opencode'), 'stand/m1')).toEqual({ kind: 'known', choice: null });
  expect(chooseModel(opened('goose'), 'other')).toEqual({ kind: 'unknown', offered: ['m1'] });
  expect(chooseModel({}, 'any')).toEqual({ kind: 'unknown', offered: [] });
});

it('chooses a mode', () => {
  expect(chooseMode(opened('goose'), 'auto')).toEqual(request('session/set_mode', { modeId: 'auto' }));
  expect(chooseMode(opened('goose'), 'approve')).toEqual({ kind: 'known', choice: null });
  expect(chooseMode(opened('opencode'), 'plan')).toEqual(
    request('session/set_config_option', { configId: 'mode', value: 'plan' }),
  );
  expect(chooseMode(opened('qwen'), 'none')).toMatchObject({ kind: 'unknown' });
});
