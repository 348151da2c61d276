import type { RunView } from '@tina/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Screen } from '../testing/screen.test-support.ts';
import { createTestCli, type TestCli } from '../testing/test-cli.test-support.ts';
import { ago, done, makeRun, makeTask } from '../testing/views.test-support.ts';
import type { Answers } from '../testing/fake-daemon.test-support.ts';

let cli: TestCli;

beforeEach(() => {
  process.env['TZ'] = 'UTC';
  cli = createTestCli();
});

afterEach(() => cli.dispose());

const task = makeTask({ id: 'r1-t1', name: 'phase-1-task-1', title: 'Tokenizer' });
const running = makeRun({
  tasks: [{ ...task, status: 'in_progress', step: 'merge', waitsFor: 'job', startedAt: ago(9) }],
});
const ended = makeRun({
  revision: 50,
  status: 'complete',
  endedAt: ago(0),
  tasks: [{ ...task, ...done(9, 9) }],
  ending: { kind: 'kept', branch: 'tina/rate-limits' },
});
const blocked = makeRun({
  status: 'blocked',
  blocked: [
    {
      taskId: 'r1-t1',
      taskName: 'phase-1-task-1',
      code: 'x',
      message: 'No.',
      output: null,
      next: ['tina retry r1-t1'],
    },
  ],
});

/** A daemon whose run goes through these views; after the last it stays as it is. */
function daemonWith(...views: readonly RunView[]): Answers {
  return {
    'run.get': () => views[0],
    'run.commits': () => [{ commit: 'a1b2c3d4e5f6', subject: 'Add the tokenizer', author: 'A', at: 0 }],
    'run.watch': async function* (_input, { signal }) {
      yield* views;
      if (views.at(-1)?.endedAt === null) await untilAborted(signal);
    },
  };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

describe('tina watch without a terminal', () => {
  it('prints a line with its time for every change, then how the run ended', async () => {
    await cli.serve(daemonWith(running, ended));
    const { code, stdout } = await cli.run(['watch', 'r1']);
    expect(code).toBe(0);
    expect(stdout).not.toContain('\u001B');
    expect(stdout).toMatch(
      /^12:00:00 {2}run r1 \(rate-limits\) is executing: 0 of 1 task done\n12:00:00 {2}phase-1-task-1 \(Tokenizer\) completed in 9s\n12:00:00 {2}run is complete\n\nrate-limits is done and kept on tina\/rate-limits {2}2m05s\n/,
    );
    expect(stdout).toContain('1 commit on tina/rate-limits\n  a1b2c3d4e5 Add the tokenizer\n');
  });

  it('is exit code 1 when the run is blocked, with what to type', async () => {
    await cli.serve(daemonWith(blocked));
    const { code, stdout } = await cli.run(['watch', 'r1']);
    expect(code).toBe(1);
    expect(stdout).toContain('next: tina retry r1-t1\n');
  });

  it('leaves the run going on Ctrl-C, and says how to come back', async () => {
    const daemon = await cli.serve(daemonWith(running));
    const { code, stdout } = await cli.run(['watch', 'r1'], { onOutput: (_text, press) => press.ctrlC() });
    expect(code).toBe(130);
    expect(stdout).toContain('\nThe run goes on. Come back with:  tina watch r1\n');
    expect(daemon.calls.map((call) => call.name)).toEqual(['run.get', 'run.watch']);
  });

  it('goes on when the daemon dies and comes back', async () => {
    let watched = 0;
    const answers = daemonWith(running, ended);
    await cli.serve({
      ...answers,
      'run.watch': async function* (_input, { socket }) {
        yield running;
        if (++watched === 1) socket.destroy();
        else yield ended;
      },
    });
    const { code, stdout } = await cli.run(['watch', 'r1']);
    expect(code).toBe(0);
    expect(watched).toBe(2);
    expect(stdout).toContain('the daemon went away; looking for it again');
    expect(stdout.match(/is executing/g)).toHaveLength(1);
  });

  it('is exit code 3 when the daemon was stopped', async () => {
    await cli.serve({
      ...daemonWith(running),
      'run.watch': async function* () {
        yield running;
      },
    });
    const { code, stderr } = await cli.run(['watch', 'r1']);
    expect(code).toBe(3);
    expect(stderr).toContain(
      'The daemon was stopped, so the run is not followed any more. Agents at work go on.',
    );
    expect(stderr).toContain('next: tina watch r1');
  });
});

describe('tina watch on a terminal', () => {
  it('redraws the tree in place and leaves the last one, with the summary below', async () => {
    await cli.serve(daemonWith(running, ended));
    const { code, stdout } = await cli.run(['watch', 'r1'], { columns: 60, env: { NO_COLOR: '1' } });
    expect(code).toBe(0);
    expect(stdout).toContain('\u001B[?2026h');
    expect(stdout.lastIndexOf('\u001B[?25h')).toBeGreaterThan(stdout.lastIndexOf('\u001B[?25l'));
    const screen = new Screen(60);
    screen.write(stdout.replaceAll(/(?<!\r)\n/g, '\r\n'));
    expect(screen.text.match(/rate-limits {2}(executing|complete)/g)).toEqual(['rate-limits  complete']);
    expect(screen.text).toContain('rate-limits is done and kept on tina/rate-limits');
  });

  it('shows the tree while the run goes on', async () => {
    await cli.serve(daemonWith(running));
    const { code, stdout } = await cli.run(['watch', 'r1'], {
      columns: 60,
      env: { NO_COLOR: '1' },
      onOutput: (text, press) => {
        if (text.includes('rate-limits  executing')) press.ctrlC();
      },
    });
    expect(code).toBe(130);
    expect(stdout).toContain('The run goes on. Come back with:  tina watch r1');
  });

  it('prints lines where the terminal cannot be steered', async () => {
    await cli.serve(daemonWith(running, ended));
    const { stdout } = await cli.run(['watch', 'r1'], { columns: 60, env: { TERM: 'dumb' } });
    expect(stdout).not.toContain('\u001B');
    expect(stdout).toContain('12:00:00  run is complete');
  });
});

describe('tina watch --json', () => {
  const event = (number: number, type: string, data = {}) => ({
    sequence: number,
    runId: 'r1',
    number,
    at: 0,
    type,
    data,
  });

  it('prints every new event and the run at the end, a JSON value a line', async () => {
    let asked = 0;
    const daemon = await cli.serve({
      'run.get': () => (++asked > 2 ? ended : running),
      'event.watch': async function* () {
        yield event(49, 'task.completed');
        yield event(50, 'run.completed');
      },
    });
    const { code, stdout } = await cli.run(['watch', 'r1', '--json']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { event: event(49, 'task.completed') },
      { event: event(50, 'run.completed') },
      { run: ended },
    ]);
    expect(daemon.inputOf('event.watch')).toEqual({ run: 'r1', after: 42 });
  });

  it('prints events that came with the end before it ends', async () => {
    let asked = 0;
    await cli.serve({
      'run.get': () => (++asked > 2 ? ended : running),
      'event.watch': async function* () {
        yield event(49, 'run.completed');
        yield event(50, 'slots.removal_requested');
      },
    });
    const { stdout } = await cli.run(['watch', 'r1', '--json']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
  });

  it('prints just the run when it is over already', async () => {
    await cli.serve({ 'run.get': () => blocked });
    const { code, stdout } = await cli.run(['watch', 'r1', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({ run: blocked });
  });

  it('goes on after the last event when the daemon dies', async () => {
    let asked = 0;
    const after: unknown[] = [];
    await cli.serve({
      'run.get': () => (after.length > 1 && ++asked > 0 ? ended : running),
      'event.watch': async function* (input: { after: number }, { socket }) {
        after.push(input.after);
        yield event(input.after + 1, 'task.started');
        if (after.length === 1) socket.destroy();
        else yield event(50, 'run.completed');
      },
    });
    expect((await cli.run(['watch', 'r1', '--json'])).code).toBe(0);
    expect(after).toEqual([42, 43]);
  });

  it('ends with 130 on Ctrl-C and with 3 when the daemon was stopped', async () => {
    const daemon = await cli.serve({
      'run.get': () => running,
      'event.watch': async function* (_input, { signal }) {
        yield event(43, 'task.started');
        await untilAborted(signal);
      },
    });
    const interrupted = await cli.run(['watch', 'r1', '--json'], {
      onOutput: (_text, press) => press.ctrlC(),
    });
    expect(interrupted).toMatchObject({ code: 130, stderr: '' });
    await daemon.close();
    await cli.serve({ 'run.get': () => running, 'event.watch': async function* () {} });
    const stopped = await cli.run(['watch', 'r1', '--json']);
    expect(stopped.code).toBe(3);
    expect(JSON.parse(stopped.stderr)).toMatchObject({ error: { code: 'daemon_stopped' } });
  });
});
