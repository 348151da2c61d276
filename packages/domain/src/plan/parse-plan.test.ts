import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlan, type ParsedPlan } from './parse-plan.ts';
import type { Plan, PlanTask } from './plan.ts';

function parse(...lines: string[]): ParsedPlan & { plan: Plan } {
  const parsed = parsePlan(lines.join('\n'), 'spec');
  if (parsed.plan === null) throw new Error(JSON.stringify(parsed.findings));
  return parsed;
}

function taskOf(...lines: string[]): PlanTask {
  const { plan, findings } = parse('# Plan', '### Task 1: Title', ...lines);
  expect(findings).toEqual([]);
  return plan.tasks[0] as PlanTask;
}

function problemsOf(...lines: string[]): string[] {
  return parse(...lines).findings.map(({ code, line, message }) => `${line} ${code} ${message}`);
}

const COMPLETE = [
  '# Phase 1.5 plan: Close the gaps',
  '',
  '**Baseline commit:** `ABCDEF0123`',
  '**Complexity budget:** 2 tasks, 3 files, 1,200 lines',
  '',
  'An overview.',
  '',
  '### Task 1: Storage',
  '**Model:** haiku',
  '**Files:** `src/a.ts`, src/b/**',
  '**Depends on:** none',
  '**Review:** full',
  '**Acceptance:**',
  '- books are stored',
  '- tests pass',
  '',
  'Write it.',
  '',
  '#### How',
  '```md',
  '### Task 9: not a task',
  '**Model:** opus',
  '```',
  '',
  '### Task 2: Search',
  '- **Model:** opus',
  '- **Files:**',
  '  - `src/c.ts`',
  '- **Depends on:** Task 1',
  '- **Acceptance:** books are found',
  '## Notes',
  '**Model:** nothing',
];

describe('a plan', () => {
  it('is read with its header and tasks', () => {
    expect(parse(...COMPLETE)).toEqual({
      plan: {
        title: 'Close the gaps',
        baselineCommit: 'abcdef0123',
        complexityBudget: { tasks: 2, files: 3, lines: 1200 },
        tasks: [
          {
            number: 1,
            title: 'Storage',
            line: 8,
            model: 'haiku',
            files: ['src/a.ts', 'src/b/**'],
            dependsOn: [],
            review: 'spec+quality',
            acceptance: ['books are stored', 'tests pass'],
            body: 'Write it.\n\n#### How\n```md\n### Task 9: not a task\n**Model:** opus\n```',
          },
          {
            number: 2,
            title: 'Search',
            line: 25,
            model: 'opus',
            files: ['src/c.ts'],
            dependsOn: [1],
            review: 'spec',
            acceptance: ['books are found'],
            body: '',
          },
        ],
      },
      source: { phase: '1.5', titleLine: 1, baselineCommitLine: 3, complexityBudgetLine: 4 },
      findings: [],
    });
  });

  it('takes what is not there as not said', () => {
    expect(parse('# Phase 1 plan: T', '## Task 1')).toEqual({
      plan: {
        title: 'T',
        baselineCommit: null,
        complexityBudget: { tasks: null, files: null, lines: null },
        tasks: [
          {
            number: 1,
            title: '',
            line: 2,
            model: null,
            files: [],
            dependsOn: [],
            review: 'spec',
            acceptance: [],
            body: '',
          },
        ],
      },
      source: { phase: '1', titleLine: 1, baselineCommitLine: null, complexityBudgetLine: null },
      findings: [],
    });
  });

  it('may have a title in another form, or none', () => {
    expect(parse('# Storage')).toMatchObject({
      plan: { title: 'Storage', tasks: [] },
      source: { phase: null, titleLine: 1 },
    });
    expect(parse('# phase 2 PLAN — Storage')).toMatchObject({
      plan: { title: 'Storage' },
      source: { phase: '2' },
    });
    expect(parse('# Phase 2 plan')).toMatchObject({
      plan: { title: '' },
      source: { phase: '2', titleLine: 1 },
    });
    expect(parse('**Baseline commit:** abcdef0', '### Task 1: T')).toMatchObject({
      plan: { title: '', baselineCommit: 'abcdef0' },
      source: { phase: null, titleLine: null },
    });
  });

  it.each(['', 'I could not make a plan.', '```\n# Phase 1 plan: T\n```', '## Phase 1 plan: T'])(
    'is not "%s"',
    (markdown) => {
      expect(parsePlan(markdown, 'none')).toEqual({
        plan: null,
        source: null,
        findings: [expect.objectContaining({ code: 'not_a_plan', severity: 'error', line: null })],
      });
    },
  );

  it('may have its task headings at any level', () => {
    const { plan } = parse('# Phase 1 plan: T', '# Task 1: A', '#### Task 2: B', 'text');
    expect(plan.tasks.map(({ title, body }) => [title, body])).toEqual([
      ['A', ''],
      ['B', 'text'],
    ]);
  });

  it('hears of a task without a whole number', () => {
    expect(problemsOf('# Plan', '### Task One: A', '### Task 1.5: B', '### Tasks')).toEqual([
      '2 task_not_a_number "Task One: A" has no whole number from 1. Write the number in digits, such as "### Task 2: Title".',
      '3 task_not_a_number "Task 1.5: B" has no whole number from 1. Write the number in digits, such as "### Task 2: Title".',
    ]);
  });

  it('hears of a field that stands twice, and keeps the first', () => {
    const lines = [
      '# Plan',
      '**Baseline commit:** abcdef0',
      '**Baseline commit:** 0fedcba',
      '### Task 1: A',
      '**Model:** haiku',
      '**Model:** opus',
    ];
    expect(problemsOf(...lines)).toEqual([
      '3 field_double "Baseline commit" stands on line 2 already. Keep one of them.',
      '6 field_double "Model" stands on line 5 already. Keep one of them.',
    ]);
    expect(parse(...lines).plan).toMatchObject({ baselineCommit: 'abcdef0', tasks: [{ model: 'haiku' }] });
  });

  it('hears of every field that cannot be read, in the order of the lines', () => {
    const lines = [
      '# Plan',
      '**Complexity budget:** small',
      '**Baseline commit:** HEAD',
      '### Task 1: A',
      '**Review:** thorough',
      '**Files:** src/a.ts and more',
      '**Depends on:** Storage',
    ];
    expect(problemsOf(...lines)).toEqual([
      '2 field_value Complexity budget: cannot read "small". Write it as "3 tasks, 6 files, 300 lines".',
      '3 field_value Baseline commit: cannot read "HEAD". Write the commit in hex, with 7 digits or more.',
      '5 field_value Review: cannot read "thorough". Write none, spec, quality, or spec+quality.',
      '6 field_value Files: cannot read "src/a.ts and more". Put each path in backticks, separate paths by commas, and leave a blank line before prose.',
      '7 field_value Depends on: cannot read "Storage". Write "none", or the numbers of tasks of this plan, such as "1, 2".',
    ]);
  });
});

describe('a task', () => {
  it('takes fields in plain text, in any letter case', () => {
    expect(
      taskOf('model: haiku', 'FILES: src/a.ts', 'depends On: None', 'acceptance criteria:', '1. a', '2. b'),
    ).toMatchObject({
      model: 'haiku',
      files: ['src/a.ts'],
      dependsOn: [],
      acceptance: ['a', 'b'],
    });
  });

  it('keeps acceptance criteria whole', () => {
    expect(
      taskOf('**Acceptance:** first', 'goes on', '- [ ] second', '  goes on', '  - third').acceptance,
    ).toEqual(['first\ngoes on', 'second goes on', 'third']);
  });

  it('has the tags that it names, and none otherwise', () => {
    expect(taskOf('**Tags:** ui, slow').tags).toEqual(['ui', 'slow']);
    expect(taskOf('**Tags:** none')).not.toHaveProperty('tags');
    expect(taskOf('**Model:** haiku')).not.toHaveProperty('tags');
  });

  it('names no model when the field is empty', () => {
    expect(taskOf('**Model:**').model).toBeNull();
  });
});

describe('any plan', () => {
  const word = fc.stringMatching(/^[a-z]{1,8}$/);
  const task = fc.record({
    title: word,
    model: word,
    files: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,5}(\/[a-z*]{1,5}){0,2}$/), {
      minLength: 1,
      maxLength: 3,
    }),
    dependsOn: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
    review: fc.constantFrom('none', 'spec', 'quality', 'spec+quality'),
    acceptance: fc.array(fc.stringMatching(/^[a-z]{1,8}( [a-z]{1,8}){0,3}$/), { minLength: 1, maxLength: 3 }),
    body: fc.constantFrom('', 'Prose.', '```\n### Task 7: no\n```'),
  });
  const style = fc.record({
    isBold: fc.boolean(),
    isBullet: fc.boolean(),
    isBelow: fc.boolean(),
    isLoose: fc.boolean(),
  });

  it('gives back what was written, in whichever style', () => {
    fc.assert(
      fc.property(
        fc.array(task, { minLength: 1, maxLength: 5 }),
        style,
        (tasks, { isBold, isBullet, isBelow, isLoose }) => {
          const field = (name: string, value: string) =>
            `${isBullet ? '- ' : ''}${isBold ? `**${name}:**` : `${name}:`} ${value}${isLoose ? '\n' : ''}`;
          const list = (items: readonly string[]) =>
            items.map((item) => `\n${isBullet ? '  ' : ''}- ${item}`).join('');
          const sections = tasks.map((task, index) => [
            `### Task ${index + 1}: ${task.title}`,
            field('Model', task.model),
            field(
              'Files',
              isBelow
                ? list(task.files.map((file) => `\`${file}\``))
                : task.files.map((file) => `\`${file}\``).join(', '),
            ),
            field('Depends on', task.dependsOn.length === 0 ? 'none' : task.dependsOn.join(', ')),
            field('Review', task.review),
            field('Acceptance', list(task.acceptance)),
            '',
            task.body,
            '',
          ]);
          const { plan, findings } = parse('# Phase 1 plan: T', ...sections.flat());
          expect(findings).toEqual([]);
          expect(plan.tasks.map(({ line: _line, ...rest }) => rest)).toEqual(
            tasks.map((task, index) => ({ ...task, number: index + 1 })),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is read or refused, whatever is in it, with findings that have a place in it', () => {
    const part = fc.constantFrom(
      '# Phase 1 plan: ',
      '### Task ',
      '1',
      '2: x',
      '\n',
      '**Files:** ',
      '**Depends on:** ',
      'Review: ',
      '- ',
      '`',
      'a',
      ',',
      '**',
      '(',
      '```\n',
      'task',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        const markdown = parts.join('');
        const { plan, findings } = parsePlan(markdown, 'none');
        expect(plan !== null || findings.length === 1).toBe(true);
        for (const { line } of findings) expect(line ?? 1).toBeLessThanOrEqual(markdown.split('\n').length);
      }),
      { numRuns: 300 },
    );
  });
});
