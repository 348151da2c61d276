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

describe('tina events', () => {
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
    await cli.serve({ 'event.list': () => [event(1), event(2, data)] });
    const { code, stdout } = await cli.run(['events', 'r1']);
    expect(code).toBe(0);
    expect(stdout).toBe(
      '    1  12:00:00  task.started  taskId=r1-t1\n' +
        `    2  12:00:00  task.started  text=ab  long=${'x'.repeat(80)}  count=3  flag=true  list=[2]  map={}\n`,
    );
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
    await cli.serve({
      'event.watch': async function* (_input, { signal }) {
        yield event(1);
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        });
      },
    });
    const options: RunOptions = { onOutput: (_text, press) => press.ctrlC() };
    const { code, stdout } = await cli.run(['events', 'r1', '-f'], options);
    expect(code).toBe(130);
    expect(stdout).toContain('\nThe run goes on. Come back with:  tina events r1 --follow\n');
    expect((await cli.run(['events', 'r1', '-f', '--json'], options)).stdout).not.toContain('Come back');
  });
});
