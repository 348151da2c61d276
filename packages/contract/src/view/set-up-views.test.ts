import { expectTypeOf, test } from 'vitest';
import type { EffectiveConfig } from '../config/effective-config.ts';
import type { ConfigView } from './set-up-views.ts';

test('what `tina config` prints is the configuration that holds, field by field', () => {
  type Writable<T> = { -readonly [Key in keyof T]: Writable<T[Key]> };
  expectTypeOf<Writable<ConfigView['config']>>().toEqualTypeOf<Writable<EffectiveConfig>>();
});
