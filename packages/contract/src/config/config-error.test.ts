import { expect, it } from 'vitest';
import { configError } from './config-error.ts';
import { mergeConfig } from './merge-config.ts';

function errorOf(text: string) {
  const merged = mergeConfig(null, { path: '/p/.tina/config.yaml', text });
  if (merged.ok) throw new Error('expected mistakes');
  return configError(merged.errors).toData();
}

it('is the mistake itself when there is one', () => {
  expect(errorOf('version: 1\nfinalise: keep\n')).toMatchObject({
    code: 'config_unknown_key',
    place: { file: '/p/.tina/config.yaml', line: 2, column: 1, field: 'finalise' },
    next: ['correct it;  tina config  says whether it can be read then'],
  });
});

it('lists the mistakes when there are several', () => {
  expect(errorOf('finalise: keep\nsetup: 1\n')).toEqual({
    code: 'config_invalid',
    message: 'The configuration has 3 mistakes.',
    place: null,
    details: [
      '/p/.tina/config.yaml:1:1 version is missing',
      '/p/.tina/config.yaml:1:1 finalise is not a setting; did you mean finalize?',
      '/p/.tina/config.yaml:2:8 setup must be text or a mapping (key: value), not 1',
    ],
    next: ['add the line  version: 1'],
  });
});
