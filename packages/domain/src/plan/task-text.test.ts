import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlanTask } from './plan.ts';
import { parseTask, taskText } from './task-text.ts';

const TASK: PlanTask = {
  number: 2,
  title: 'Search',
  line: 1,
  model: 'haiku',
  files: ['src/search/**', 'a, b.ts'],
  dependsOn: [1, 3],
  review: 'spec+quality',
  acceptance: ['a book is found', 'quickly'],
  body: '- first\n- second\n\n# Why\n\nBecause.',
};

const word = fc.stringMatching(/^[a-z]{1,8}$/);
const words = fc.array(word, { minLength: 1, maxLength: 4 }).map((each) => each.join(' '));
const plain: fc.Arbitrary<PlanTask> = fc.record({
  number: fc.integer({ min: 1, max: 99 }),
  title: words,
  line: fc.constant(1),
  model: fc.option(word),
  files: fc.uniqueArray(
    word.map((name) => `src/${name}.ts`),
    { maxLength: 4 },
  ),
  dependsOn: fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 3 }),
  review: fc.constantFrom('none', 'spec', 'quality', 'spec+quality'),
  acceptance: fc.array(words, { maxLength: 3 }),
  body: fc
    .array(
      fc.oneof(
        words,
        words.map((each) => `- ${each}`),
        words.map((each) => `## ${each}`),
        words.map((each) => `    ${each}`),
        fc.constant(''),
        fc.constant('```sh\n**Files:** no field\n### Task 9: no task\n```'),
      ),
      { maxLength: 6 },
    )
    .map((lines) =>
      lines
        .join('\n')
        .replace(/^(?:\s*\n)+/, '')
        .trimEnd(),
    ),
});

const planTask: fc.Arbitrary<PlanTask> = fc
  .tuple(plain, fc.uniqueArray(word, { maxLength: 3 }))
  .map(([task, tags]) => (tags.length === 0 ? task : { ...task, tags }));

describe('a task by itself', () => {
  it('is read back as it was written, whatever its description begins with', () => {
    fc.assert(
      fc.property(planTask, (task) => {
        const { task: read, findings } = parseTask(taskText(task), 'none');
        expect(findings).toEqual([]);
        expect(read).toEqual(task);
      }),
    );
  });

  it('says on which line each field stands', () => {
    const { task, lines, findings } = parseTask(`<!-- Edit it. -->\n\n${taskText(TASK)}`, 'none');
    expect(findings).toEqual([]);
    expect(task).toEqual({ ...TASK, line: 3 });
    expect(Object.fromEntries(lines)).toEqual({
      Model: 5,
      Files: 6,
      'Depends on': 7,
      Acceptance: 8,
      Review: 12,
    });
  });

  it.each([
    ['', 'not_a_task', null],
    ['### Task One: no number\n', 'task_not_a_number', 1],
    [`Lost.\n\n${taskText(TASK)}`, 'text_above', 1],
    [`${taskText(TASK)}\n### Task 3: another\n`, 'task_double', 19],
    [taskText(TASK).replace('1, 3', 'soon'), 'field_value', 5],
    [`${taskText(TASK)}\n**Files:** \`b.ts\`\n`, 'field_double', 19],
  ])('is refused with the line: %j', (text, code, line) => {
    const { findings } = parseTask(text, 'none');
    expect(findings).toMatchObject([{ code, line, severity: 'error' }]);
  });
});
