import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternsOverlap } from '../scope/path-scope.ts';
import { lintPlan, type LintContext } from './lint-plan.ts';
import { parsePlan } from './parse-plan.ts';

const TIP = 'abcdef0123456789abcdef0123456789abcdef01';
const CONTEXT: LintContext = {
  phase: '1',
  knownModels: ['haiku', 'opus'],
  modelOverride: null,
  tip: TIP,
  limits: { maxTasks: 5 },
};
const HEADER = ['# Phase 1 plan: Storage', `**Baseline commit:** ${TIP.slice(0, 7)}`];

function task(number: number, fields: Readonly<Record<string, string>> = {}): string[] {
  const all = { Model: 'haiku', Files: `\`src/${number}.ts\``, Acceptance: 'it works', ...fields };
  return [
    `### Task ${number}: Title`,
    ...Object.entries(all).map(([name, value]) => `**${name}:** ${value}`),
  ];
}

function lint(lines: readonly string[], context: Partial<LintContext> = {}) {
  const parsed = parsePlan(lines.join('\n'), 'none');
  if (parsed.plan === null) throw new Error('not a plan');
  return lintPlan(parsed, { ...CONTEXT, ...context });
}

function codesOf(lines: readonly string[], context: Partial<LintContext> = {}): string[] {
  return lint(lines, context).map(({ line, code }) => `${line} ${code}`);
}

function messagesOf(lines: readonly string[], context: Partial<LintContext> = {}): string[] {
  return lint(lines, context).map(({ message }) => message);
}

describe('a plan that makes sense', () => {
  it('has no findings', () => {
    expect(lint([...HEADER, ...task(1), ...task(2, { 'Depends on': '1' })])).toEqual([]);
  });

  it('is asked for by its whole commit just as by the beginning of it', () => {
    expect(lint(['# Phase 1 plan: T', `**Baseline commit:** ${TIP.toUpperCase()}`, ...task(1)])).toEqual([]);
  });

  it('may be titled in another form', () => {
    expect(lint(['# Storage', ...HEADER.slice(1), ...task(1)])).toEqual([]);
  });
});

describe('the lint of the header', () => {
  it('misses the title', () => {
    expect(codesOf(['# Phase 1 plan', ...HEADER.slice(1), ...task(1)])).toEqual(['1 title_missing']);
    expect(codesOf([...HEADER.slice(1), ...task(1)])).toEqual(['null title_missing']);
  });

  it('refuses the plan of another phase', () => {
    expect(messagesOf([...HEADER, ...task(1)], { phase: '1.5' })).toEqual([
      'This is a plan for phase 1; the one for phase 1.5 was asked for.',
    ]);
  });

  it('misses the baseline commit, unless it stands there and cannot be read', () => {
    expect(messagesOf(['# Phase 1 plan: T', ...task(1)])).toEqual([
      `Say which commit the plan was made for: "**Baseline commit:** ${TIP}".`,
    ]);
    expect(lint(['# Phase 1 plan: T', '**Baseline commit:** HEAD', ...task(1)])).toEqual([]);
  });

  it('refuses a plan for another commit', () => {
    expect(codesOf([...HEADER, ...task(1)], { tip: '0'.repeat(40) })).toEqual(['2 baseline_stale']);
  });

  it('refuses a plan without tasks', () => {
    expect(codesOf(HEADER)).toEqual(['null no_tasks']);
  });

  it('refuses more tasks than are allowed, and then looks for no overlaps', () => {
    const tasks = [1, 2, 3].flatMap((number) => task(number, { Files: '`same.ts`' }));
    expect(codesOf([...HEADER, ...tasks], { limits: { maxTasks: 2 } })).toEqual(['null too_many_tasks']);
  });

  it('holds a plan to its own complexity budget', () => {
    const lines = [
      ...HEADER,
      '**Complexity budget:** 1 task, 2 files',
      ...task(1),
      ...task(2, { Files: '`a`, `b`' }),
    ];
    expect(messagesOf(lines)).toEqual([
      'The plan has 2 tasks, more than the 1 of its own complexity budget.',
      'The plan has 3 files, more than the 2 of its own complexity budget.',
    ]);
    expect(codesOf(lines)).toEqual(['3 over_budget', '3 over_budget']);
    expect(codesOf([...HEADER, '**Complexity budget:** 1 task, 1 file, 1 line', ...task(1)])).toEqual([]);
  });

  it('refuses a budget of more lines than its tasks can be reviewed with', () => {
    const lines = (budget: string) => [
      ...HEADER,
      `**Complexity budget:** ${budget}`,
      ...task(1),
      ...task(2, { 'Depends on': '1' }),
    ];
    expect(codesOf(lines('2000 lines'))).toEqual([]);
    expect(lint(lines('2001 lines'))).toMatchObject([
      {
        code: 'too_large',
        line: 3,
        severity: 'error',
        message:
          'The plan budgets 2001 lines for 2 tasks; more than 1000 for each cannot be reviewed. Divide the work ' +
          'into more tasks, or leave some of it to a later phase.',
      },
    ]);
    const alone = [...HEADER, '**Complexity budget:** 9000 lines', ...task(1)];
    expect(messagesOf(alone)).toEqual([
      expect.stringContaining('budgets 9000 lines for 1 task; more than 1000 for each'),
    ]);
  });
});

describe('the lint of the numbers', () => {
  it('wants them from 1, in order, without gaps', () => {
    expect(codesOf([...HEADER, ...task(2), ...task(3), ...task(1), ...task(5)])).toEqual([
      '3 task_order',
      '11 task_order',
      '15 task_order',
    ]);
  });

  it('wants each once', () => {
    expect(codesOf([...HEADER, ...task(1), ...task(1), ...task(2)])).toEqual(['7 task_double']);
  });
});

describe('the lint of a task', () => {
  it('misses title, files and acceptance criteria', () => {
    expect(codesOf([...HEADER, '### Task 1', '**Model:** haiku'])).toEqual([
      '3 task_title_missing',
      '3 files_missing',
      '3 acceptance_missing',
    ]);
  });

  it('wants a model that is known', () => {
    expect(messagesOf([...HEADER, ...task(1, { Model: '' })])).toEqual([
      'Task 1 names no model: write "**Model:** name". Choose one of: haiku, opus.',
    ]);
    expect(messagesOf([...HEADER, ...task(1, { Model: 'gpt' })])).toEqual([
      'Task 1 names the model "gpt", which is not known. Choose one of: haiku, opus.',
    ]);
  });

  it('takes any model when none is known, and asks for one all the same', () => {
    expect(lint([...HEADER, ...task(1, { Model: 'gpt' })], { knownModels: [] })).toEqual([]);
    expect(messagesOf([...HEADER, ...task(1, { Model: '' })], { knownModels: [] })).toEqual([
      'Task 1 names no model: write "**Model:** name".',
    ]);
  });

  it('does not care for models when the operator chose one', () => {
    expect(
      lint([...HEADER, ...task(1, { Model: '' }), ...task(2, { Model: 'gpt' })], { modelOverride: 'opus' }),
    ).toEqual([]);
  });

  it('refuses paths that are not safe', () => {
    expect(messagesOf([...HEADER, ...task(1, { Files: '`../a`, `/b`, `.git/c`, `ok`' })])).toEqual([
      'Task 1 names "../a", which has ".." in it; write the path from the root of the repository.',
      'Task 1 names "/b", which is absolute; write it relative to the root of the repository.',
      `Task 1 names ".git/c", which leads into git's own files.`,
    ]);
  });
});

describe('the lint of the dependencies', () => {
  it('refuses those on tasks that are not there, and on the task itself', () => {
    expect(messagesOf([...HEADER, ...task(1, { 'Depends on': '1, 7' })])).toEqual([
      'Task 1 depends on itself.',
      'Task 1 depends on Task 7, which this plan does not have.',
    ]);
  });

  it('names every cycle', () => {
    const dependencies = ['2', '3', '1', '5', '4'];
    const tasks = dependencies.flatMap((dependsOn, index) => task(index + 1, { 'Depends on': dependsOn }));
    expect(messagesOf([...HEADER, ...tasks])).toEqual([
      'These tasks wait for each other: 1 → 2 → 3 → 1. Remove one of the dependencies.',
      'These tasks wait for each other: 4 → 5 → 4. Remove one of the dependencies.',
    ]);
    expect(codesOf([...HEADER, ...tasks])).toEqual(['3 dependency_cycle', '18 dependency_cycle']);
  });

  it('looks at the first of two tasks with one number', () => {
    const lines = [...HEADER, ...task(1), ...task(2), ...task(2, { 'Depends on': '2' })];
    expect(codesOf(lines)).toEqual(['11 task_double', '11 self_dependency']);
  });
});

describe('the lint of the files', () => {
  it('refuses the same files in tasks that may run at the same time', () => {
    const lines = [
      ...HEADER,
      ...task(1, { Files: '`src/**`' }),
      ...task(2, { Files: '`docs/`, `src/*.ts`' }),
      ...task(3, { Files: '`docs/`' }),
    ];
    expect(messagesOf(lines)).toEqual([
      'Task 1 and Task 2 run at the same time and may change the same files: "src/**" and "src/*.ts" overlap. Let Task 2 depend on Task 1, or give each its own files.',
      'Task 2 and Task 3 run at the same time and may change the same files: "docs/". Let Task 3 depend on Task 2, or give each its own files.',
    ]);
    expect(codesOf(lines)).toEqual(['7 files_overlap', '11 files_overlap']);
  });

  it('allows them in tasks of which one waits for the other, directly or not', () => {
    const same = { Files: '`a.ts`' };
    expect(
      lint([
        ...HEADER,
        ...task(1, same),
        ...task(2, { 'Depends on': '1' }),
        ...task(3, { ...same, 'Depends on': '2' }),
      ]),
    ).toEqual([]);
    expect(lint([...HEADER, ...task(1, { ...same, 'Depends on': '2' }), ...task(2, same)])).toEqual([]);
  });

  it('finds every pair that overlaps and nothing else', () => {
    const scopes = fc.array(
      fc.subarray(['a/', 'a/b.ts', '*/b.ts', 'c/**', 'c/d/e'], { minLength: 1, maxLength: 2 }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(scopes, (scopes) => {
        const lines = scopes.flatMap((files, index) =>
          task(index + 1, { Files: files.map((file) => `\`${file}\``).join(', ') }),
        );
        const pairs = scopes.flatMap((left, index) =>
          scopes
            .slice(index + 1)
            .filter((right) => left.some((one) => right.some((other) => patternsOverlap(one, other)))),
        );
        expect(codesOf([...HEADER, ...lines])).toHaveLength(pairs.length);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the lint of any plan', () => {
  it('reports in the order of the lines and always ends', () => {
    const fields = fc.record({
      number: fc.integer({ min: 1, max: 6 }),
      dependsOn: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(fields, { maxLength: 6 }), (tasks) => {
        const lines = tasks.flatMap(({ number, dependsOn }) =>
          task(number, { 'Depends on': dependsOn.join(', ') || 'none' }),
        );
        const places = lint([...HEADER, ...lines]).map(({ line }) => line ?? 0);
        expect(places).toEqual(places.toSorted((left, right) => left - right));
      }),
      { numRuns: 200 },
    );
  });
});
