import type { ActionView } from '@tina/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestCli, type RunOptions, type TestCli } from '../testing/test-cli.test-support.ts';
import { NOW } from '../testing/time.test-support.ts';

let cli: TestCli;

beforeEach(() => {
  process.env['TZ'] = 'UTC';
  cli = createTestCli();
});

afterEach(() => cli.dispose());

const event = (number: number, data: Record<string, unknown> = { taskId: 'r1-t1' }) => ({
  sequence: number + 100,
  runId: 'r1',
  number,
  at: NOW,
  type: 'task.started',
  data,
});

const action = (fields: Partial<ActionView> = {}): ActionView => ({
  sequence: 7,
  id: 'c1',
  runId: 'r1',
  kind: 'run.pause',
  requestedBy: 'ada',
  requestedAt: NOW,
  input: { run: 'rate-limits', now: true },
  outcome: 'done',
  reasonCode: null,
  message: null,
  answer: { runId: 'r1', status: 'paused' },
  afterEvent: 1,
  lastEvent: 2,
  ...fields,
});

const refused = (): ActionView =>
  action({
    sequence: 8,
    kind: 'task.skip',
    requestedBy: 'agent r1-a3',
    input: { task: 'r1-t3', reason: 'too\nhard' },
    outcome: 'rejected',
    reasonCode: 'task_over',
    message: 'Task r1-t3 is over.',
    answer: null,
    afterEvent: 2,
  });

describe('tina events', () => {
  it('refuses --actions where it would do nothing, before anything is asked', async () => {
    const { code, stdout, stderr } = await cli.run(['events', 'r1', '--actions']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--actions goes with --json');
    expect(stderr).toContain('tina events --json --actions');
  });

  it('prints a line for each, the long parts left out', async () => {
    const data = {
      text: 'a\u001B[2Jb',
      long: 'x'.repeat(200),
      count: 3,
      flag: true,
      none: null,
      list: [1, 2],
      empty: [],
      map: {},
    };
    await cli.serve({ 'timeline.list': () => [{ event: event(1) }, { event: event(2, data) }] });
    const { code, stdout } = await cli.run(['events', 'r1']);
    expect(code).toBe(0);
    expect(stdout).toBe(
      '    1  12:00:00  task.started  taskId=r1-t1\n' +
        `    2  12:00:00  task.started  text=ab  long=${'x'.repeat(80)}  count=3  flag=true  list=1,2\n`,
    );
  });

  it('prints reasons, names of tasks, amounts and times, within the width of a terminal', async () => {
    const items = [
      { ...event(1, { id: 'r1-t1', name: 'phase-1-task-1', dependsOn: ['r1-t0'] }), type: 'task.added' },
      event(2, { taskId: 'r1-t1', block: { code: 'x', message: 'It failed twice.' }, empty: {} }),
      event(3, { failure: { kind: 'crash', message: 'exit code 1' }, dueAt: NOW, none: null }),
      event(4, { tasks: [{ taskId: 'r1-t1', message: 'Stuck.' }, { taskId: 'r1-t2' }] }),
      event(5, { plan: { document: 'd', tasks: [{}, {}] }, checks: [{}] }),
    ];
    const tasks = [{ id: 'r1-t1', name: 'phase-1-task-1' }];
    const daemon = await cli.serve({
      'timeline.list': () => items.map((one) => ({ event: one })),
      'task.list': () => tasks,
    });
    const { stdout } = await cli.run(['events', 'r1']);
    expect(stdout.split('\n').map((line) => line.slice(17))).toEqual([
      'task.added  id=r1-t1  name=phase-1-task-1  dependsOn=r1-t0',
      'task.started  task=phase-1-task-1  block=It failed twice.',
      'task.started  failure=crash: exit code 1  dueAt=12:00:00',
      'task.started  2 tasks: phase-1-task-1: Stuck.',
      'task.started  plan=2 tasks  1 check',
      '',
    ]);
    const narrow = await cli.run(['events', 'r1', '--after', '1'], { columns: 60 });
    expect(Math.max(...narrow.stdout.split('\n').map((line) => line.length))).toBe(60);
    expect(daemon.inputOf('task.list')).toEqual({ run: 'r1' });
  });

  it('asks for more until there are none', async () => {
    const all = Array.from({ length: 2_345 }, (_, index) => event(index + 1));
    const daemon = await cli.serve({
      'event.list': ({ after, limit }: { after: number; limit: number }) => all.slice(after, after + limit),
    });
    const { stdout } = await cli.run(['events', 'r1', '--after', '5', '--json']);
    const numbers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { number: number }).number);
    expect(numbers).toEqual(Array.from({ length: 2_340 }, (_, index) => index + 6));
    expect(daemon.calls.map((call) => call.input['after'])).toEqual([5, 1_005, 2_005]);
  });

  it('G24 follows, and goes on after the last one when the daemon dies', async () => {
    const after: number[] = [];
    await cli.serve({
      'event.watch': async function* (input: { after: number }, { socket }) {
        after.push(input.after);
        yield event(input.after + 1);
        if (after.length === 1) socket.destroy();
      },
    });
    const { code, stdout } = await cli.run(['events', 'r1', '--follow', '--after', '7', '--json']);
    expect(code).toBe(0);
    expect(after).toEqual([7, 8]);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { number: number }).number),
    ).toEqual([8, 9]);
  });

  it('ends on Ctrl-C, and says how to come back', async () => {
    const watch = (item: unknown) =>
      async function* (_input: never, { signal }: { readonly signal: AbortSignal }) {
        yield item;
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        });
      };
    await cli.serve({ 'event.watch': watch(event(1)), 'timeline.watch': watch({ event: event(1) }) });
    const options: RunOptions = { onOutput: (_text, press) => press.ctrlC() };
    const { code, stdout } = await cli.run(['events', 'r1', '-f'], options);
    expect(code).toBe(130);
    expect(stdout).toContain('\nThe run goes on. Come back with:  tina events r1 --follow\n');
    expect((await cli.run(['events', 'r1', '-f', '--json'], options)).stdout).not.toContain('Come back');
  });

  it('G28 shows who asked for what between the events, with what came of it', async () => {
    const items = [{ event: event(1) }, { action: action() }, { event: event(2) }, { action: refused() }];
    await cli.serve({ 'timeline.list': () => items });
    const { stdout } = await cli.run(['events', 'r1']);
    expect(stdout.split('\n').filter((line) => line.includes('>'))).toEqual([
      '    >  12:00:00  ada  run.pause  now=true  done: event 2',
      '    >  12:00:00  agent r1-a3  task.skip  task=r1-t3  reason=too hard  rejected: task_over: Task r1-t3 is over.',
    ]);
    const json = await cli.run(['events', 'r1', '--json', '--actions']);
    expect(json.stdout).toBe(items.map((item) => `${JSON.stringify(item)}\n`).join(''));
  });

  it('G28 G24 follows the actions too, and goes on after the last one when the daemon dies', async () => {
    const asked: unknown[] = [];
    const daemon = await cli.serve({
      'timeline.watch': async function* (input: { after: number; afterAction: number }, { socket }) {
        asked.push([input.after, input.afterAction]);
        yield { event: event(input.after + 1) };
        if (asked.length > 1) return;
        yield { action: action() };
        socket.destroy();
      },
    });
    const { stdout } = await cli.run(['events', 'r1', '--follow']);
    expect(asked).toEqual([
      [0, 0],
      [1, 7],
    ]);
    expect(stdout.split('\n').map((line) => line.trim().split('  ')[0])).toEqual(['1', '>', '2', '']);
    expect(daemon.calls.every(({ name }) => name === 'timeline.watch')).toBe(true);
  });
});

describe('tina actions', () => {
  it('G28 lists who asked for what, of all runs or of one, and asks for more until there are none', async () => {
    const many = Array.from({ length: 1_001 }, (_, index) => action({ sequence: index + 1 }));
    const daemon = await cli.serve({
      'action.list': ({ after, limit, run }: { after: number; limit: number; run?: string }) =>
        run === undefined ? [action(), refused()] : many.slice(after, after + limit),
    });
    expect((await cli.run(['actions'])).stdout).toBe(
      [
        'WHEN                 WHO          RUN  ASKED FOR                               RESULT',
        '2026-11-20 12:00:00  ada          r1   run.pause  now=true                     done: event 2',
        '2026-11-20 12:00:00  agent r1-a3  r1   task.skip  task=r1-t3  reason=too hard  rejected: task_over: Task r1-t3 is over.',
        '',
      ].join('\n'),
    );
    const { stdout } = await cli.run(['actions', 'r1', '--json']);
    expect(stdout.trimEnd().split('\n')).toEqual(many.map((each) => JSON.stringify(each)));
    expect(daemon.calls.slice(1).map(({ input }) => [input['run'], input['after']])).toEqual([
      ['r1', 0],
      ['r1', 1_000],
    ]);
  });

  it('leaves nothing out that a person said, and what only programs read', async () => {
    const reason =
      'It was done by hand, and then again by somebody else, who was not content with it at all.';
    const input = { task: 'r1-t3', reason, designHash: 'f'.repeat(64), idempotencyKey: 'k'.repeat(36) };
    await cli.serve({ 'action.list': () => [action({ kind: 'task.skip', input })] });
    const { stdout } = await cli.run(['actions'], { columns: 80 });
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`ada r1 task.skip task=r1-t3 reason=${reason}`);
    expect(stdout).not.toMatch(/fff|kkk/);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('says how many things a clean-up removed, that an action changed nothing, and that there is none', async () => {
    const removed = { action: 'remove' };
    const answers = [
      [
        action({ answer: [removed, { action: 'keep' }, removed] }),
        action({ lastEvent: 1 }),
        action({ lastEvent: 4 }),
        action({ runId: null, input: { run: 'nobody', now: false }, afterEvent: null, lastEvent: null }),
      ],
      [],
    ];
    await cli.serve({ 'action.list': () => answers.shift() });
    const { stdout } = await cli.run(['actions']);
    expect(stdout.match(/done.*$/gm)).toEqual([
      'done: 2 things removed',
      'done',
      'done: events 2 to 4',
      'done',
    ]);
    expect(stdout).toContain('run.pause  run=nobody  ');
    expect((await cli.run(['actions'])).stdout).toBe('Nobody has asked for anything yet.\n');
  });
});
