import type { RunView } from '@tina/contract';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { displayWidth } from '../output/display-width.ts';
import { NOW } from '../testing/time.test-support.ts';
import {
  ago,
  done,
  makeAttempt,
  makeFinding,
  makeGate,
  makePhaseTasks,
  makeRun,
  makeTask,
} from '../testing/views.test-support.ts';
import { renderRun, type RenderOptions } from './render-run.ts';

beforeAll(() => {
  process.env['TZ'] = 'UTC';
});

const phase = (number: string, title: string | null = null, remediates: string | null = null) => ({
  number,
  title,
  remediates,
  startCommit: null,
  endCommit: null,
});

function render(view: RunView, options: Partial<RenderOptions> = {}): string {
  const lines = renderRun(view, {
    width: 100,
    colour: false,
    unicode: true,
    now: NOW,
    spinnerFrame: null,
    ...options,
  });
  return `\n${lines.join('\n')}\n`;
}

const validate = makeTask({
  name: 'validate-design',
  kind: 'validate-design',
  title: '',
  phase: null,
  ...done(125, 4),
});
const setup = makeTask({
  name: 'setup-worktree',
  kind: 'setup-worktree',
  title: '',
  phase: null,
  ...done(121, 1),
});
const finalize = makeTask({ name: 'finalize', kind: 'finalize', title: '', phase: null });

const grammar = makeTask({
  id: 'r1-t21',
  title: 'Grammar',
  status: 'in_progress',
  step: 'implement',
  waitsFor: 'attempt',
  attempts: 2,
  startedAt: ago(60),
});

const executing = makeRun({
  phases: [phase('1', 'Parser'), phase('2', 'Printer')],
  tasks: [
    { ...validate, result: { kind: 'validated', status: 'warning', text: 'No success metrics' } },
    setup,
    ...makePhaseTasks(
      '1',
      {
        plan: { ...done(120, 13), result: { kind: 'planned', document: 'x', tasks: 5 } },
        execute: { status: 'in_progress', step: 'tasks', startedAt: ago(107) },
      },
      [
        { title: 'Tokenizer', ...done(107, 12) },
        grammar,
        {
          id: 'r1-t22',
          title: 'Errors',
          status: 'in_progress',
          step: 'spec-review',
          waitsFor: 'attempt',
          startedAt: ago(31),
        },
        { title: 'Docs', status: 'ready' },
        { title: 'Examples', dependsOn: ['r1-t21', 'r1-t22'] },
      ],
    ),
    ...makePhaseTasks('2', {}),
    finalize,
  ],
  attempts: [
    makeAttempt({ id: 'r1-a4', taskId: 'r1-t21', number: 2, turn: 2, model: 'opus', startedAt: ago(9) }),
    makeAttempt({ id: 'r1-a5', taskId: 'r1-t22', role: 'spec-reviewer', startedAt: ago(3) }),
  ],
});

const remediating = makeRun({
  status: 'planning',
  phases: [phase('1', 'Parser'), phase('1.5', null, '1'), phase('2', 'Printer')],
  tasks: [
    validate,
    setup,
    ...makePhaseTasks(
      '1',
      {
        plan: { ...done(120, 13) },
        execute: { ...done(107, 40) },
        review: { ...done(67, 8), result: { kind: 'reviewed', verdict: 'gaps', summary: '' } },
      },
      [{ title: 'Tokenizer', ...done(107, 12) }],
    ),
    ...makePhaseTasks('1.5', {
      plan: { status: 'in_progress', step: 'plan', waitsFor: 'attempt', id: 'r1-t30', startedAt: ago(59) },
    }),
    ...makePhaseTasks('2', {}),
    finalize,
  ],
  attempts: [
    makeAttempt({
      id: 'r1-a9',
      taskId: 'r1-t30',
      role: 'planner',
      status: 'parked',
      parkedUntil: NOW + 240_000,
    }),
  ],
  findings: [
    makeFinding(),
    makeFinding({ id: 'r1-f2', severity: 'blocker' }),
    makeFinding({ id: 'r1-f3', status: 'closed', closedBecause: 'verified' }),
  ],
});

const blocked = makeRun({
  status: 'blocked',
  phases: [phase('1')],
  tasks: [
    validate,
    setup,
    ...makePhaseTasks(
      '1',
      { plan: { ...done(120, 13) }, execute: { status: 'in_progress', step: 'tasks', startedAt: ago(107) } },
      [
        {
          id: 'r1-t40',
          name: 'phase-1-task-1',
          title: 'Tokenizer',
          status: 'blocked',
          startedAt: ago(107),
          block: { code: 'retries_spent', message: 'The agent failed twice.', output: null, next: [] },
        },
        { title: 'Grammar', dependsOn: ['r1-t40'] },
      ],
    ),
    finalize,
  ],
  blocked: [
    {
      taskId: 'r1-t40',
      taskName: 'phase-1-task-1',
      code: 'retries_spent',
      message: 'The agent failed twice, and what it left behind does not compile on this machine at all.',
      output: 'src/a.ts:1\n  expected ;\n',
      next: ['tina logs r1-a4', 'tina retry r1-t40', 'tina skip r1-t40 --reason "..."'],
    },
  ],
});

const asking = makeRun({
  status: 'finalizing',
  phases: [phase('1')],
  tasks: [
    validate,
    setup,
    ...makePhaseTasks('1', { plan: done(120, 3), execute: done(117, 30), review: done(87, 5) }),
    {
      ...finalize,
      status: 'in_progress',
      step: 'choose',
      waitsFor: 'gate',
      gateId: 'r1-g1',
      startedAt: ago(80),
    },
  ],
  gates: [
    makeGate({
      kind: 'finalize',
      question: 'What becomes of tina/rate-limits?',
      next: ['tina finalize r1 --merge', 'tina finalize r1 --keep'],
    }),
  ],
});

describe('renderRun', () => {
  it('shows phases, parallel attempts, what waits and for what', () => {
    expect(render(executing)).toMatchInlineSnapshot(`
      "
      rate-limits  executing  2m05s
      r1 · tina/rate-limits from main · scripted · balanced

      ✔ validate design     4s  warning: No success metrics
      ✔ set up worktree     1s
      ● Phase 1 Parser   2m00s
        ✔ plan             13s  5 tasks
        ● execute        1m47s  1 of 5 tasks
          ✔ Tokenizer      12s
          ● Grammar      1m00s  r1-a4 · implementer · scripted opus · attempt 2 · turn 2 · 9s
          ● Errors         31s  r1-a5 · spec-reviewer · scripted · 3s
          ○ Docs                waits for a free place
          · Examples            after Grammar, Errors
        · review
      · Phase 2 Printer
      · finalize
      "
    `);
  });

  it('shows remediation below its phase, parked attempts and open findings', () => {
    expect(render(remediating)).toMatchInlineSnapshot(`
      "
      rate-limits  planning  2m05s
      r1 · tina/rate-limits from main · scripted · balanced

      ✔ validate design     4s
      ✔ set up worktree     1s
      ‖ Phase 1 Parser   1m01s
        ✔ plan             13s
        ✔ execute          40s
          ✔ Tokenizer      12s
        ✔ review            8s  gaps: 3 findings
        ‖ Phase 1.5        59s  1 of 3 findings closed
          ‖ plan           59s  r1-a9 · planner · scripted · parked until 12:04:00, in 4m00s
          · execute
          · review
      · Phase 2 Printer
      · finalize

      2 findings open: 1 blocker, 1 major
      "
    `);
  });

  it('shows what is blocked, why, and what to type', () => {
    expect(render(blocked)).toMatchInlineSnapshot(`
      "
      rate-limits  blocked  2m05s
      r1 · tina/rate-limits from main · scripted · balanced

      ✔ validate design     4s
      ✔ set up worktree     1s
      ✖ Phase 1          2m00s
        ✔ plan             13s
        ✖ execute        1m47s  0 of 2 tasks
          ✖ Tokenizer    1m47s  The agent failed twice.
          · Grammar             after Tokenizer
        · review
      · finalize

      ✖ phase-1-task-1: The agent failed twice, and what it left behind does not compile on this machine
        at all.
        │ src/a.ts:1
        │ expected ;
          tina logs r1-a4
          tina retry r1-t40
          tina skip r1-t40 --reason "..."
      "
    `);
  });

  it('shows an open gate with what to type', () => {
    expect(render(asking)).toMatchInlineSnapshot(`
      "
      rate-limits  finalizing  2m05s
      r1 · tina/rate-limits from main · scripted · balanced

      ✔ validate design     4s
      ✔ set up worktree     1s
      ✔ Phase 1            38s
        ✔ plan              3s
        ✔ execute          30s
        ✔ review            5s
      ? finalize         1m20s  waits for you: gate r1-g1

      ? What becomes of tina/rate-limits?
          tina finalize r1 --merge
          tina finalize r1 --keep
      "
    `);
  });

  it('does not tick off a phase that was cancelled after its plan', () => {
    const cancelled = { status: 'cancelled' } as const;
    const view = makeRun({
      status: 'cancelled',
      phases: [phase('1', 'Parser'), phase('2', 'Printer'), phase('2.5', null, '2'), phase('3', 'Docs')],
      tasks: [
        ...makePhaseTasks('1', { plan: done(120, 3), execute: cancelled, review: cancelled }, [done(110, 5)]),
        ...makePhaseTasks('2', { plan: done(90, 3), execute: done(87, 3), review: done(80, 3) }),
        ...makePhaseTasks('2.5', { plan: done(70, 3), execute: cancelled, review: cancelled }),
        ...makePhaseTasks('3', {
          plan: done(60, 3),
          execute: done(57, 3),
          review: { status: 'skipped' },
        }),
      ],
    });
    const text = render(view);
    expect(text).toMatch(/- Phase 1 Parser/);
    expect(text).toMatch(/- Phase 2 Printer/);
    expect(text).toMatch(/- Phase 2\.5/);
    expect(text).toMatch(/✔ Phase 3 Docs/);
  });

  it('shows a paused run whose attempts still end', () => {
    expect(render({ ...asking, status: 'paused', stopping: 2, gates: [] })).toContain(
      'Paused; 2 attempts still to end. Go on with:\n    tina resume r1\n',
    );
  });

  it('fits a terminal of 40 columns', () => {
    expect(render(executing, { width: 40 })).toMatchInlineSnapshot(`
      "
      rate-limits  executing  2m05s
      r1 · tina/rate-limits from main · scrip…

      ✔ validate design     4s  warning: No s…
      ✔ set up worktree     1s
      ● Phase 1 Parser   2m00s
        ✔ plan             13s  5 tasks
        ● execute        1m47s  1 of 5 tasks
          ✔ Tokenizer      12s
          ● Grammar      1m00s  r1-a4 · imple…
          ● Errors         31s  r1-a5 · spec-…
          ○ Docs                waits for a f…
          · Examples            after Grammar…
        · review
      · Phase 2 Printer
      · finalize
      "
    `);
    expect(render(blocked, { width: 40 })).toMatchInlineSnapshot(`
      "
      rate-limits  blocked  2m05s
      r1 · tina/rate-limits from main · scrip…

      ✔ validate design     4s
      ✔ set up worktree     1s
      ✖ Phase 1          2m00s
        ✔ plan             13s
        ✖ execute        1m47s  0 of 2 tasks
          ✖ Tokenizer    1m47s  The agent fai…
          · Grammar             after Tokeniz…
        · review
      · finalize

      ✖ phase-1-task-1: The agent failed
        twice, and what it left behind does
        not compile on this machine at all.
        │ src/a.ts:1
        │ expected ;
          tina logs r1-a4
          tina retry r1-t40
          tina skip r1-t40 --reason "..."
      "
    `);
  });

  it('shows the whole id of an attempt, which one types, before it shows whole names', () => {
    const attempts = executing.attempts.map((one) => ({ ...one, id: `rd2ffwa63ga-${one.id}` }));
    const text = render({ ...executing, attempts }, { width: 40 });
    expect(text).toContain('rd2ffwa63ga-r1-a4');
    expect(text).toContain('rd2ffwa63ga-r1-a5');
  });

  it('has no character beyond ASCII where the locale has none', () => {
    for (const view of [executing, remediating, blocked, asking]) {
      for (const spinnerFrame of [null, 3]) {
        // eslint-disable-next-line no-control-regex
        expect(render(view, { unicode: false, spinnerFrame })).toMatch(/^[\u0000-\u007F]*$/);
      }
    }
    expect(render(executing, { unicode: false, spinnerFrame: 1 })).toMatchInlineSnapshot(`
      "
      rate-limits  executing  2m05s
      r1 - tina/rate-limits from main - scripted - balanced

      + validate design     4s  warning: No success metrics
      + set up worktree     1s
      / Phase 1 Parser   2m00s
        + plan             13s  5 tasks
        / execute        1m47s  1 of 5 tasks
          + Tokenizer      12s
          / Grammar      1m00s  r1-a4 - implementer - scripted opus - attempt 2 - turn 2 - 9s
          / Errors         31s  r1-a5 - spec-reviewer - scripted - 3s
          o Docs                waits for a free place
          . Examples            after Grammar, Errors
        . review
      . Phase 2 Printer
      . finalize
      "
    `);
  });

  it('turns its spinner, and nothing else', () => {
    const [first, second] = [0, 1].map((spinnerFrame) => render(executing, { spinnerFrame }));
    expect(first).toContain('⠋ Phase 1 Parser');
    expect(second).toBe(first?.replaceAll('⠋', '⠙'));
  });

  it('has colours when they are wanted, and the same text', () => {
    const coloured = render(blocked, { colour: true });
    expect(coloured).toContain('\u001B[31m✖\u001B[39m');
    // eslint-disable-next-line no-control-regex
    expect(coloured.replaceAll(/\u001B\[\d+m/g, '')).toBe(render(blocked));
  });

  it('says of what could begin that the run is paused, where that is what it waits for', () => {
    const ready = { ...grammar, title: 'Docs', status: 'ready', step: null, waitsFor: null } as const;
    const between = { ...grammar, title: 'Errors', step: 'quality-review', waitsFor: null } as const;
    const tasks = makePhaseTasks('1', { execute: { status: 'in_progress', step: 'tasks' } }, [
      ready,
      between,
    ]);
    const text = render(makeRun({ status: 'paused', phases: [phase('1')], tasks }));
    expect(text).toMatch(/○ Docs +.*waits: the run is paused/);
    expect(text).toMatch(/○ Errors +.*waits: the run is paused/);
    expect(text).not.toContain('free place');
    expect(text).toContain('tina resume r1');
    expect(render(makeRun({ status: 'executing', phases: [phase('1')], tasks }))).toMatch(
      /Docs +.*free place/,
    );
  });

  it('says when a failed attempt is tried again, and what Tina itself does', () => {
    const retry = { ...grammar, waitsFor: 'timer', retryAt: NOW + 4_000 } as const;
    const merging = { ...grammar, title: 'Errors', step: 'merge', waitsFor: 'job' } as const;
    const queued = { ...grammar, title: 'Docs', waitsFor: null } as const;
    const view = makeRun({
      phases: [phase('1')],
      tasks: makePhaseTasks('1', { execute: { status: 'in_progress', step: 'tasks', startedAt: ago(9) } }, [
        retry,
        merging,
        queued,
        { title: 'Old', status: 'skipped' },
        { title: 'Gone', status: 'cancelled' },
      ]),
    });
    const text = render(view);
    expect(text).toMatch(/○ Grammar +1m00s {2}retry in 4s/);
    expect(text).toMatch(/● Errors +1m00s {2}merges/);
    expect(text).toMatch(/○ Docs +1m00s {2}waits for a free place/);
    expect(text).toMatch(/- Old +skipped/);
    expect(text).toMatch(/- Gone +cancelled/);
  });

  it('says what little is known', () => {
    const tasks = [
      { ...grammar, id: 'r1-t51', title: 'Starting' },
      { ...grammar, id: 'r1-t52', title: 'Parked' },
      { ...grammar, id: 'r1-t53', title: 'Unknown', waitsFor: 'job', step: 'new-step' },
      { ...grammar, id: 'r1-t54', title: 'Nothing', waitsFor: 'job', step: null },
      { ...grammar, id: 'r1-t55', title: 'Gate', waitsFor: 'gate', gateId: null },
      { ...grammar, id: 'r1-t56', title: 'Timer', waitsFor: 'timer', retryAt: null },
      { ...grammar, id: 'r1-t57', title: '', name: 'phase-1-task-9', status: 'blocked', block: null },
      {
        ...grammar,
        id: 'r1-t58',
        title: 'Reviewed',
        status: 'completed',
        result: { kind: 'planned', tasks: 1 },
      },
      {
        ...grammar,
        id: 'r1-t59',
        title: 'Later',
        status: 'completed',
        result: { kind: 'from-a-newer-daemon' },
      },
    ] as const;
    const view = makeRun({
      phases: [phase('1')],
      tasks: makePhaseTasks('1', { execute: { status: 'in_progress', step: 'tasks' } }, tasks),
      attempts: [
        makeAttempt({ id: 'r1-a1', taskId: 'r1-t51', status: 'starting', startedAt: null }),
        makeAttempt({ id: 'r1-a2', taskId: 'r1-t52', status: 'parked' }),
      ],
    });
    const text = render(view);
    expect(text).toMatch(/● Starting .*r1-a1 · implementer · scripted · starting/);
    expect(text).toMatch(/‖ Parked .*r1-a2 · implementer · scripted · parked/);
    expect(text).toMatch(/● Unknown .*new-step/);
    expect(text).toMatch(/\? Gate .*waits for you: gate/);
    expect(text).toMatch(/○ Timer .*retry in 0s/);
    expect(text).toMatch(/✖ phase-1-task-9 .*blocked/);
    expect(text).toMatch(/✔ Reviewed .*1 task/);
  });

  describe('with a height', () => {
    const many = makeRun({
      phases: [phase('1', 'Done'), phase('2', 'Under way'), phase('3', 'Later')],
      tasks: [
        validate,
        setup,
        ...makePhaseTasks(
          '1',
          { plan: done(120, 3), execute: done(117, 30), review: done(87, 5) },
          Array.from({ length: 10 }, (_, index) => ({ title: `One ${index}`, ...done(100, 5) })),
        ),
        ...makePhaseTasks(
          '2',
          { plan: done(60, 3), execute: { status: 'in_progress', step: 'tasks', startedAt: ago(50) } },
          [
            ...Array.from({ length: 8 }, (_, index) => ({ title: `Two ${index}`, ...done(50, 5) })),
            grammar,
            ...Array.from({ length: 8 }, (_, index) => ({ title: `Three ${index}` })),
          ],
        ),
        ...makePhaseTasks('3', {}),
        finalize,
      ],
    });

    it('leaves out what is below finished phases, then counts tasks', () => {
      expect(render(many, { height: 60 })).toContain('One 3');
      const level1 = render(many, { height: 32 });
      expect(level1).not.toContain('One 3');
      expect(level1).toContain('Two 3');
      expect(render(many, { height: 20 })).toMatchInlineSnapshot(`
        "
        rate-limits  executing  2m05s
        r1 · tina/rate-limits from main · scripted · balanced

        ✔ validate design         4s
        ✔ set up worktree         1s
        ✔ Phase 1 Done           38s
        ● Phase 2 Under way    1m00s
          ✔ plan                  3s
          ● execute              50s  8 of 17 tasks
            ✔ 8 tasks done
            ● Grammar          1m00s  implement
            · 8 tasks to come
          · review
        · Phase 3 Later
        · finalize
        "
      `);
    });

    it.each([
      [80, 11],
      [40, 11],
      [40, 8],
      [20, 5],
      [20, 3],
    ])('keeps what is active, what is asked and what to type in %d x %d', (width, height) => {
      const view = { ...many, gates: asking.gates };
      const lines = renderRun(view, {
        width,
        height,
        colour: true,
        unicode: true,
        now: NOW,
        spinnerFrame: null,
      });
      const rows = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / width)), 0);
      expect(rows).toBeLessThanOrEqual(height);
      if (height < 8) return;
      const text = lines.join('\n');
      expect(text).toContain('What becomes of tina/rate-limits?');
      expect(text).toContain('tina finalize r1 --keep');
      expect(text).toContain('Grammar');
    });

    it('says how much it does not show when nothing helps', () => {
      const lines = renderRun(many, {
        width: 80,
        height: 6,
        colour: false,
        unicode: true,
        now: NOW,
        spinnerFrame: null,
      });
      expect(lines).toHaveLength(6);
      expect(lines.at(-1)).toBe('.. 10 more lines: tina status r1');
    });
  });

  it('shows text of agents without control characters, and counts wide characters', () => {
    const view = makeRun({
      feature: 'evil\u001B]0;title\u0007name',
      phases: [phase('1', '日本語\u001B[2J\nZeile')],
      tasks: makePhaseTasks('1', { execute: { status: 'in_progress', step: 'tasks' } }, [
        { title: 'a\u202Eb\rc\u0000', status: 'ready' },
      ]),
    });
    const text = render(view);
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F\u202E]/);
    expect(text).toContain('evilname');
    expect(text).toContain('Phase 1 日本語 Zeile');
    expect(text).toContain('ab c');
  });

  it('never writes a line wider than the terminal, but commands to copy', () => {
    const title = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(
        title,
        title,
        fc.integer({ min: 20, max: 160 }),
        fc.boolean(),
        (name, feature, width, unicode) => {
          const view = {
            ...remediating,
            feature,
            phases: remediating.phases.map((one) => ({ ...one, title: name })),
          };
          const lines = renderRun(view, { width, colour: true, unicode, now: NOW, spinnerFrame: 5 });
          const tooWide = lines.filter((line) => !line.startsWith('    tina ') && displayWidth(line) > width);
          expect(tooWide).toEqual([]);
        },
      ),
    );
  });
});
