import { expect, it } from 'vitest';
import { CHECK_STAGES } from './check.ts';

it('checks run at stages that a run meets in this order', () => {
  expect(CHECK_STAGES).toEqual(['task', 'phase', 'finalize']);
});
