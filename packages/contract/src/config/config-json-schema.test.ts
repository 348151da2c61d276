import { expect, it } from 'vitest';
import { configJsonSchema } from './config-json-schema.ts';

it('describes the format for editors', () => {
  const schema = configJsonSchema();
  expect(schema['$schema']).toBe('http://json-schema.org/draft-07/schema#');
  expect(Object.keys(schema['properties'] as object)).toEqual([
    'version',
    'agents',
    'roles',
    'routing',
    'sandbox',
    'setup',
    'env',
    'worktrees',
    'checks',
    'limits',
    'retries',
    'budgets',
    'prices',
    'models',
    'policy',
    'finalize',
  ]);
  expect(schema['additionalProperties']).toBe(false);
});
