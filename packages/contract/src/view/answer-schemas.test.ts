import { expect, test } from 'vitest';
import { answerSchemas } from './answer-schemas.ts';

test('answers are described by forms that refer to each other by name', () => {
  const { schemas, answerOf } = answerSchemas();
  expect(answerOf('run.list')).toEqual({ form: 'RunSummary', isList: true });
  expect(answerOf('task.get')).toEqual({ form: 'TaskDetail', isList: false });
  expect(answerOf('run.cancel')).toEqual(answerOf('run.pause'));
  expect(answerOf('run.commits')).toBeNull();
  expect(schemas['Run']).toMatchObject({
    properties: {
      tasks: { items: { $ref: 'Task' } },
      tip: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    },
  });
});
