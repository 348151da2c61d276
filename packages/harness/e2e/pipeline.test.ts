import { afterEach, describe, expect, test } from 'vitest';
import {
  attemptsOf,
  designOf,
  entry,
  eventsOf,
  planOf,
  play,
  type Played,
  promptOf,
  runOf,
  Sandbox,
  type SandboxOptions,
  scriptOf,
  taskOf,
  workOn,
} from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

const QUICK = 'retries: { backoff: 50ms }\n';
const ONE_TASK = entry('role: planner', planOf('{ title: one, files: ["{phase}.txt"] }'));
/** Every attempt adds a line, so that there is something to commit each time. */
const MORE = entry(
  'role: implementer',
  'write: { path: "{phase}.txt", append: "more\\n" }',
  'commit: "Write more"',
  'report: done',
);
const TASK = 'phase-1-task-1';

async function playWith(
  entries: readonly string[],
  options: SandboxOptions = {},
  phases: readonly string[] = ['Only'],
): Promise<Played> {
  sandbox = await Sandbox.create({ config: QUICK, ...options, script: scriptOf(...entries) });
  return play(sandbox, designOf(...phases));
}

const shown = async (): Promise<string> => (await sandbox.tina('status', 'sample')).stdout;

const gaps = (...findings: readonly string[]): string =>
  `report: { kind: review, verdict: gaps, summary: not yet, findings: [${findings.join(', ')}] }`;

describe('a review that finds gaps', () => {
  test('G18 is followed by a phase that closes exactly those, before the next phase begins', async () => {
    const { code } = await playWith(
      [
        ONE_TASK,
        MORE,
        entry(
          'role: reviewer, phase: "1"',
          gaps(
            '{ severity: blocker, message: No test for search, file: 1.txt, line: 1 }',
            'The README does not mention it',
          ),
        ),
      ],
      {},
      ['First', 'Second'],
    );
    expect(code).toBe(0);
    const run = await runOf(sandbox);
    expect(run.phases.map(({ number, remediates }) => [number, remediates])).toEqual([
      ['1', null],
      ['1.5', '1'],
      ['2', null],
    ]);
    const prompt = await promptOf(sandbox, (await attemptsOf(sandbox, 'plan-phase-1.5'))[0]);
    expect(prompt).toContain('blocker: No test for search (1.txt:1)');
    expect(prompt).toContain('The README does not mention it');
    expect(run.findings.map(({ status }) => status)).toEqual(['closed', 'closed']);
    expect(await promptOf(sandbox, (await attemptsOf(sandbox, 'review-phase-1.5'))[0])).toContain(
      'judge each of them',
    );

    const idOf = (name: string): string | undefined => run.tasks.find((each) => each.name === name)?.id;
    expect(run.tasks.find((each) => each.name === 'plan-phase-2')?.dependsOn).toContain(
      idOf('review-phase-1.5'),
    );
    const order = (await eventsOf(sandbox))
      .filter(({ type }) => type === 'task.completed' || type === 'task.started')
      .map(({ type, data }) => `${type} ${String(data['taskId'])}`);
    expect(order.indexOf(`task.started ${idOf('plan-phase-2')}`)).toBeGreaterThan(
      order.indexOf(`task.completed ${idOf('review-phase-1.5')}`),
    );
    const team = run.teams.find(({ name }) => name === 'sample-phase-1.5');
    expect(run.teams.find(({ id }) => id === team?.parentId)?.name).toBe('sample-orchestration');
  });

  test('G05 again after two remediations blocks the run with the findings, and is left to a person', async () => {
    const { code, run } = await playWith([
      ONE_TASK,
      MORE,
      entry('role: reviewer, phase: ["1", "1.5", "1.5.5"]', gaps('"It is wrong in {phase}"')),
    ]);
    expect(code).toBe(1);
    expect(run.status).toBe('blocked');
    expect(run.phases.map(({ number }) => number)).toEqual(['1', '1.5', '1.5.5']);
    expect(run.blocked).toMatchObject([{ taskName: 'review-phase-1.5.5', code: 'remediation_limit' }]);
    const text = await shown();
    expect(text).toContain('Phase 1 still has gaps after 2 remediations.');
    for (const phase of ['1', '1.5', '1.5.5']) expect(text).toContain(`It is wrong in ${phase}`);
    expect(text).toContain('tina retry');
    const followed = await sandbox.tina('orchestrate', 'docs/sample-design.md');
    expect(followed.code).toBe(1);
    expect(followed.stdout).toContain('sample is blocked');

    await sandbox.tina('skip', 'sample/review-phase-1.5.5', '--reason', 'good enough');
    expect(await sandbox.wait('sample')).toBe(0);
    expect((await runOf(sandbox)).findings.map(({ status }) => status)).toEqual([
      'waived',
      'waived',
      'waived',
    ]);
  });
});

describe('a plan', () => {
  const BAD = [
    '# Phase 1 plan: By hand',
    '',
    '**Baseline commit:** 0123456789ab',
    '',
    '### Task 1: One',
    '**Files:** `a.txt`',
    '**Depends on:** 2',
    '**Acceptance:**',
    '- it is there',
    '',
    '### Task 2: Two',
    '**Model:** gpt-0',
    '**Files:** `b.txt`',
    '**Depends on:** 1',
    '',
    '### Task 3: Three',
    '**Model:** haiku',
    '**Files:** `*.txt`',
    '**Acceptance:**',
    '- it is there',
  ].join('\n');

  test('with mistakes goes back once with all of them, line by line, and counts when they are mended', async () => {
    const { code } = await playWith([
      entry('role: planner, turn: 1', `plan: { markdown: ${JSON.stringify(BAD)} }`),
      entry('role: planner, turn: 2', 'say: "{message}"', planOf('{ title: one, files: [1.txt] }')),
      MORE,
    ]);
    expect(code).toBe(0);
    const [planner, ...others] = await attemptsOf(sandbox, 'plan-phase-1');
    expect(others).toEqual([]);
    expect(planner?.turn).toBe(2);
    const returned = (await eventsOf(sandbox)).find(({ type }) => type === 'attempt.returned');
    expect(returned?.data['reason']).toBe('lint');
    const message = String(returned?.data['message']);
    for (const line of [
      'line 3: The plan was made for 0123456789ab',
      'line 5: Task 1 names no model',
      'line 5: These tasks wait for each other: 1 → 2 → 1',
      'line 11: Task 2 names the model "gpt-0", which is not known. Choose one of: haiku, sonnet, opus.',
      'line 11: Task 2 has no acceptance criteria',
      'line 16: Task 1 and Task 3 run at the same time and may change the same files',
      'line 16: Task 2 and Task 3 run at the same time',
    ]) {
      expect(message).toContain(`- ${line}`);
    }
    expect((await sandbox.tina('logs', planner?.id ?? '')).stdout).toContain('Task 1 names no model');
  });

  test('that never names a model blocks before anything is executed', async () => {
    const { code, run } = await playWith([
      entry('role: planner, turn: any', planOf('{ title: one, model: "", files: [1.txt] }')),
      MORE,
    ]);
    expect(code).toBe(1);
    expect(run.blocked).toMatchObject([{ taskName: 'plan-phase-1', code: 'retries_spent' }]);
    expect(run.blocked[0]?.message).toContain('Task 1 names no model');
    const planners = await attemptsOf(sandbox, 'plan-phase-1');
    expect(planners.map(({ turn, failure }) => [turn, failure?.kind])).toEqual([
      [2, 'bad_output'],
      [2, 'bad_output'],
    ]);
    expect(run.tasks.filter(({ kind }) => kind === 'phase-task')).toEqual([]);
  });
});

describe('the review of a task', () => {
  test('G18 sends its gaps back to the task, and judges each of them the next time', async () => {
    const { code } = await playWith([
      entry('role: planner', planOf('{ title: one, files: [1.txt], review: spec+quality }')),
      MORE,
      entry(
        'role: spec-reviewer, attempt: 1',
        gaps('{ severity: major, message: No limit per user, file: 1.txt }'),
      ),
      entry('role: quality-reviewer, attempt: 1', gaps('Names say nothing')),
    ]);
    expect(code).toBe(0);
    const attempts = await attemptsOf(sandbox, TASK);
    expect(attempts.map(({ role }) => role)).toEqual([
      'implementer',
      'spec-reviewer',
      'implementer',
      'spec-reviewer',
      'quality-reviewer',
      'implementer',
      'spec-reviewer',
      'quality-reviewer',
    ]);
    expect(await promptOf(sandbox, attempts[2])).toContain('major: No limit per user (1.txt)');
    expect(await promptOf(sandbox, attempts[3])).toContain('major: No limit per user (1.txt)');
    expect(await promptOf(sandbox, attempts[5])).toContain('Names say nothing');
    expect(await promptOf(sandbox, attempts[5])).not.toContain('No limit per user');
    expect((await taskOf(sandbox, TASK)).findings.map(({ source, status }) => [source, status])).toEqual([
      ['spec-review', 'closed'],
      ['quality-review', 'closed'],
    ]);
    expect(await sandbox.git('show', 'main:1.txt')).toBe('more\nmore\nmore');
  });

  test('G05 that is never content blocks after three rounds', async () => {
    const { code, run } = await playWith([
      entry('role: planner', planOf('{ title: one, files: [1.txt], review: spec }')),
      MORE,
      entry('role: spec-reviewer', gaps('Still wrong')),
    ]);
    expect(code).toBe(1);
    expect(run.blocked).toMatchObject([{ taskName: TASK, code: 'review_limit' }]);
    expect(await attemptsOf(sandbox, TASK, 'implementer')).toHaveLength(4);
    expect(await attemptsOf(sandbox, TASK, 'spec-reviewer')).toHaveLength(4);
    expect(await shown()).toContain('4 findings open: 4 major');
  });
});

describe('the validator', () => {
  const says = (status: string): string =>
    entry('role: validator', `report: { kind: validation, status: ${status}, text: Phase 1 is vague. }`);

  test('that says stop blocks the run with its report, before anything is made', async () => {
    const { code, run } = await playWith([says('stop'), ONE_TASK, MORE]);
    expect(code).toBe(1);
    expect(run.blocked).toMatchObject([
      { taskName: 'validate-design', code: 'validation_stopped', output: 'Phase 1 is vague.' },
    ]);
    expect(await shown()).toContain('Phase 1 is vague.');
    expect(await sandbox.git('branch', '--list', 'tina/*')).toBe('');
  });

  test('that warns lets the run go on, and the warning is shown', async () => {
    const { code } = await playWith([says('warning'), ONE_TASK, MORE]);
    expect(code).toBe(0);
    expect((await taskOf(sandbox, 'validate-design')).result).toMatchObject({
      status: 'warning',
      text: 'Phase 1 is vague.',
    });
    expect(await shown()).toContain('Phase 1 is vague.');
  });
});

test('G17 a check that newly fails on the result of a phase is a gap like any other, closed when it passes', async () => {
  const { code } = await playWith(
    [
      ONE_TASK,
      entry('role: implementer, phase: "1"', ...workOn('1.txt', 'broken')),
      entry('role: implementer, phase: "1.5"', ...workOn('1.5.txt')),
    ],
    {
      config: `${QUICK}checks:
  - { name: whole, command: "test ! -e 1.txt || test -e 1.5.txt || { echo it is broken; exit 1; }", at: [phase] }
  - { name: never, command: "exit 1", at: [phase] }
`,
    },
  );
  expect(code).toBe(0);
  const run = await runOf(sandbox);
  expect(run.phases.map(({ number }) => number)).toEqual(['1', '1.5']);
  expect(run.findings).toMatchObject([
    { phase: '1', source: 'check', severity: 'blocker', status: 'closed' },
  ]);
  expect(run.findings[0]?.closedBecause).toContain('check whole passes at');
  expect(await promptOf(sandbox, (await attemptsOf(sandbox, 'plan-phase-1.5'))[0])).toContain('whole');
  const executed = await taskOf(sandbox, 'execute-phase-1');
  expect(executed.checks.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['whole', 'failed'],
    ['never', 'failed'],
  ]);
  expect(executed.checks[0]?.outputTail).toContain('it is broken');
});

test('G19 a task that depends on others starts from the commit that has them all', async () => {
  const { code } = await playWith([
    entry(
      'role: planner',
      planOf(
        '{ title: one, files: [1.txt] }',
        '{ title: two, files: [2.txt] }',
        '{ title: three, files: [3.txt], dependsOn: ["1", "2"] }',
      ),
    ),
    entry('role: implementer, task: 3', 'run: test -f 1.txt && test -f 2.txt', ...workOn('3.txt')),
    entry('role: implementer', ...workOn('{task}.txt')),
  ]);
  expect(code).toBe(0);
  const merges = (await eventsOf(sandbox)).filter(({ type }) => type === 'merge.completed');
  const [third] = await attemptsOf(sandbox, 'phase-1-task-3');
  expect(third?.startCommit).toBe(merges[1]?.data['tip']);
  expect((await runOf(sandbox)).tip).toBe(merges[2]?.data['tip']);
});

test('G20 what two tasks did at the same time and cannot be merged is brought together by a resolver', async () => {
  const { code } = await playWith(
    [
      // Neither touches a file of the other's, and yet git asks: one moves a folder, the other puts a file into it.
      entry(
        'role: planner',
        planOf('{ title: move, files: [old/a.txt, new/a.txt] }', '{ title: add, files: [old/b.txt] }'),
      ),
      entry(
        'role: implementer, task: 1',
        'run: mkdir new && git mv old/a.txt new/a.txt',
        'commit: Move the folder',
      ),
      entry('role: implementer, task: 2', ...workOn('old/b.txt', 'a book')),
      entry('role: resolver', 'run: mkdir -p old && mv new/b.txt old/b.txt', 'commit: Leave it there'),
    ],
    { files: { 'old/a.txt': 'one\ntwo\nthree\n' } },
  );
  expect(code).toBe(0);
  const conflict = (await eventsOf(sandbox)).find(({ type }) => type === 'merge.conflicted');
  const run = await runOf(sandbox);
  const conflicting = run.tasks.find(({ id }) => id === conflict?.data['taskId'])?.name ?? '';
  const attempts = await attemptsOf(sandbox, conflicting);
  expect(attempts.map(({ role, status }) => [role, status])).toEqual([
    ['implementer', 'succeeded'],
    ['resolver', 'succeeded'],
  ]);
  expect(await promptOf(sandbox, attempts[1])).toContain('new/b.txt');
  const files = (await sandbox.git('ls-tree', '-r', '--name-only', 'main')).split('\n');
  expect(files).toEqual(expect.arrayContaining(['new/a.txt', 'old/b.txt']));
  expect(files).not.toContain('new/b.txt');
});

test('G21 a resolver may change what the conflict was about, and is told when it changes more', async () => {
  const { code } = await playWith([
    // One makes a file where the other makes a folder: only a new name brings both together.
    entry(
      'role: planner',
      planOf('{ title: file, files: [shelf] }', '{ title: folder, files: [shelf/b.txt] }'),
    ),
    entry('role: implementer, task: 1', ...workOn('shelf', 'a list')),
    entry('role: implementer, task: 2', ...workOn('shelf/b.txt', 'a book')),
    entry(
      'role: resolver, turn: 1',
      'run: git rm -q --cached shelf~HEAD shelf~* 2>/dev/null; rm -f shelf~*; mkdir -p shelf',
      'write: { path: shelf/list.txt, content: "a list\\n" }',
      'write: { path: shelf/b.txt, content: "a book\\n" }',
      'write: { path: README.md, content: "# Resolved\\n" }',
      // Past the hook, which would not take it.
      'run: git add -A && git commit -q --no-verify -m "Bring both together"',
      'report: done',
    ),
    entry(
      'role: resolver, turn: 2',
      'say: "{message}"',
      'run: git checkout -q HEAD~1 -- README.md',
      'commit: Undo',
    ),
  ]);
  expect(code).toBe(0);
  const returned = (await eventsOf(sandbox)).filter(({ type }) => type === 'attempt.returned');
  expect(returned).toHaveLength(1);
  expect(returned[0]?.data['message']).toEqual(expect.stringContaining('README.md. Undo those changes.'));
  const files = (await sandbox.git('ls-tree', '-r', '--name-only', 'main')).split('\n');
  expect(files.filter((file) => file.startsWith('shelf'))).toEqual(['shelf/b.txt', 'shelf/list.txt']);
  expect(await sandbox.git('show', 'main:README.md')).toBe('# Sample');
});
