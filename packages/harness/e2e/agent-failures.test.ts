import { afterEach, describe, expect, test } from 'vitest';
import type { AttemptView, EventView } from '@tina/contract';
import {
  attemptsOf as look,
  designOf,
  entry,
  eventsOf,
  hold,
  planOf,
  play,
  type Played,
  Sandbox,
  scriptOf,
  start,
  until,
  workOn,
} from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

const ONE_TASK = entry('role: planner', planOf('{ title: one, files: [a.txt] }'));
const QUICK = 'retries: { backoff: 50ms }\n';
const TASK = 'phase-1-task-1';

/** A phase of one task whose implementer does these entries' steps. */
async function implement(entries: readonly string[], config = QUICK): Promise<Played> {
  sandbox = await Sandbox.create({ script: scriptOf(ONE_TASK, ...entries), config });
  return play(sandbox, designOf('Only'));
}

async function attemptsOf(result: Played, role = 'implementer'): Promise<readonly AttemptView[]> {
  return (await result.task(TASK)).allAttempts.filter((attempt) => attempt.role === role);
}

const WELL = entry('role: implementer', ...workOn('a.txt'));

describe('an implementer that fails once is tried again', () => {
  test.each([
    ['crash', 'crash: { exitCode: 3 }'],
    ['crash', 'crash: { signal: SIGKILL }'],
    ['refusal', 'refusal: {}'],
    ['agent_error', 'report: { kind: error, reason: it cannot be done }'],
  ])('%s by %s', async (kind, step) => {
    const result = await implement([entry('role: implementer, attempt: 1', step), WELL]);
    expect(result.code).toBe(0);
    const attempts = await attemptsOf(result);
    expect(attempts.map((attempt) => attempt.status)).toEqual(['failed', 'succeeded']);
    expect(attempts[0]?.failure?.kind).toBe(kind);
  });
});

test('G05 an implementer that crashes twice blocks its task with the ways out', async () => {
  const result = await implement([entry('role: implementer', 'crash: { exitCode: 3 }')]);
  expect(result.code).toBe(1);
  expect(result.run.status).toBe('blocked');
  expect(result.run.blocked[0]).toMatchObject({ taskName: TASK, code: 'retries_spent' });
  expect(result.run.blocked[0]?.next.join('\n')).toContain('tina retry');
  expect(await attemptsOf(result)).toHaveLength(2);
});

test('G12 an implementer that hangs is warned of, then stopped and tried again', async () => {
  const limits = `${QUICK}limits: { idleWarning: 300ms, idleStop: 900ms }\n`;
  const result = await implement(
    [entry('role: implementer, attempt: 1', 'hang: { ignoreSigterm: true }'), WELL],
    limits,
  );
  expect(result.code).toBe(0);
  expect((await attemptsOf(result))[0]?.failure?.kind).toBe('no_progress');
  expect((await sandbox.tina('events', 'sample')).stdout).toContain('attempt.warned');
});

test('an implementer that exits without a report is asked once more, then tried anew', async () => {
  const result = await implement([entry('role: implementer, attempt: 1, turn: any', 'exit: {}'), WELL]);
  expect(result.code).toBe(0);
  const [first] = await attemptsOf(result);
  expect(first?.status).toBe('failed');
});

test('garbage on the output does not keep a good report from being heard', async () => {
  const result = await implement([
    entry('role: implementer', 'garbage: { bytes: 100000 }', ...workOn('a.txt')),
  ]);
  expect(result.code).toBe(0);
  expect(await attemptsOf(result)).toHaveLength(1);
});

test.each([
  ['of the agent', 'wrong-form'],
  ['in its last message', 'wrong-form: { via: message }'],
])('a final word %s that is no report is asked for once more', async (_, step) => {
  const result = await implement([
    entry('role: implementer, turn: 1', 'write: { path: a.txt, content: x }', 'commit: Write', step),
    entry('role: implementer, turn: 2', 'report: { kind: work, summary: done, via: message }'),
  ]);
  expect(result.code).toBe(0);
  const attempts = await attemptsOf(result);
  expect(attempts).toHaveLength(1);
  expect(attempts[0]?.turn).toBe(2);
});

test('reports that never fit block after one request and one retry, counted apart from failures', async () => {
  const result = await implement([entry('role: implementer, turn: any', 'wrong-form: { via: message }')]);
  expect(result.run.blocked[0]?.code).toBe('retries_spent');
  const attempts = await attemptsOf(result);
  expect(attempts.map((attempt) => attempt.failure?.kind)).toEqual(['bad_output', 'bad_output']);
});

describe('G16 done needs evidence', () => {
  test.each([
    ['nothing changed', 'nothing: {}', 'no commit'],
    ['a dirty tree', 'dirty: {}', 'not committed'],
    ['a file out of scope', 'out-of-scope: { path: other.txt }', 'outside'],
  ])('%s goes back once, then the attempt fails', async (_, step, reason) => {
    const result = await implement([
      entry('role: implementer, turn: 1', step),
      entry('role: implementer, turn: 2', 'report: done'),
    ]);
    expect(result.code).toBe(1);
    const attempts = await attemptsOf(result);
    expect(attempts.map((attempt) => [attempt.turn, attempt.failure?.kind])).toEqual([
      [2, 'no_evidence'],
      [2, 'no_evidence'],
    ]);
    expect(attempts[0]?.failure?.message).toContain(reason);
    expect(await sandbox.git('ls-tree', '--name-only', 'main')).not.toContain('other.txt');
  });

  test('what is mended in the second turn counts', async () => {
    const result = await implement([
      entry('role: implementer, turn: 1', 'write: { path: a.txt, content: x }', 'report: done'),
      entry('role: implementer, turn: 2', 'commit: Late', 'report: done'),
    ]);
    expect(result.code).toBe(0);
    expect(await attemptsOf(result)).toHaveLength(1);
  });

  test('a lie about the checks is found out', async () => {
    const checks = 'checks: [{ name: test, command: "test ! -e a.txt", at: [task] }]\n';
    const result = await implement(
      [
        entry(
          'role: implementer, turn: any',
          'write: { path: a.txt, append: x }',
          'commit: Break',
          'lie: {}',
        ),
      ],
      QUICK + checks,
    );
    expect(result.code).toBe(1);
    expect((await attemptsOf(result))[0]?.failure?.message).toContain('test');
  });

  test('G17 a check that failed before may fail again', async () => {
    const checks = 'checks: [{ name: test, command: "false", at: [task, phase, finalize] }]\n';
    const result = await implement([WELL], QUICK + checks);
    expect(result.code).toBe(0);
  });

  test('a check that cannot run blocks before anything is spent', async () => {
    const checks = 'checks: [{ name: test, command: no-such-program-anywhere }]\n';
    const result = await implement([WELL], QUICK + checks);
    expect(result.run.blocked[0]?.code).toBe('check_could_not_run');
    expect(result.run.attempts).toHaveLength(0);
  });
});

test('G21 a commit outside the scope is refused when it is made, and the agent is told why', async () => {
  const result = await implement([
    entry(
      'role: implementer',
      'write: { path: other.txt, content: x }',
      'run: { command: "git add -A && git commit -m Stray", mayFail: true }',
      'run: { command: "git reset -q && rm other.txt" }',
      ...workOn('a.txt'),
    ),
  ]);
  expect(result.code).toBe(0);
  const [attempt] = await attemptsOf(result);
  const output = await sandbox.run('cat', [`${sandbox.home}/state/attempts/${attempt?.id}/output.log`]);
  expect(output.stdout).toContain('outside the scope of your task (a.txt)');
  expect(await sandbox.git('log', '--format=%s', 'main')).not.toContain('Stray');
});

test('G15 a limit parks the attempt until it resets and uses up no retry', async () => {
  const result = await implement([
    entry('role: implementer, turn: 1', 'limit: { resetIn: 700ms }'),
    entry('role: implementer, turn: 2', ...workOn('a.txt')),
  ]);
  expect(result.code).toBe(0);
  expect(await attemptsOf(result)).toHaveLength(1);
  expect((await sandbox.tina('events', 'sample')).stdout).toContain('attempt.parked');
});

test('G15 a limit of which nobody says when it ends parks the attempt for five minutes', async () => {
  sandbox = await Sandbox.create({
    script: scriptOf(ONE_TASK, entry('role: implementer', 'limit')),
    config: QUICK,
  });
  await start(sandbox, designOf('Only'));
  let parked: EventView | undefined;
  await until('the attempt is parked', async () => {
    parked = (await eventsOf(sandbox)).find(({ type }) => type === 'attempt.parked');
    return parked !== undefined;
  });
  const { until: end } = parked?.data ?? {};
  expect(Number(end) - Number(parked?.at)).toBe(5 * 60_000);
  expect(await look(sandbox, TASK)).toMatchObject([{ status: 'parked', failure: null, parkedUntil: end }]);
});

test('what two agents do to the same path is a conflict when the second is merged, and goes to a resolver', async () => {
  sandbox = await Sandbox.create({
    script: scriptOf(
      entry(
        'role: planner',
        planOf('{ title: one, files: [shelf] }', '{ title: two, files: [shelf/b.txt] }'),
      ),
      entry('role: implementer, task: 1', 'conflict: { path: shelf, content: a list }', ...hold('one')),
      entry('role: implementer, task: 2', 'conflict: { path: shelf/b.txt, content: a book }', ...hold('two')),
      entry(
        'role: resolver',
        'run: git rm -q --cached "shelf~*"; rm -f shelf~*; mkdir -p shelf',
        'write: { path: shelf/b.txt, content: both }',
        'commit: Bring both together',
      ),
    ),
    config: QUICK,
  });
  await start(sandbox, designOf('Only'));
  // Neither sees what the other has done.
  await Promise.all([sandbox.reached('one'), sandbox.reached('two')]);
  await Promise.all([sandbox.release('one'), sandbox.release('two')]);
  expect(await sandbox.wait('sample')).toBe(0);
  const conflicts = (await eventsOf(sandbox)).filter(({ type }) => type === 'merge.conflicted');
  expect(conflicts.map(({ data }) => data['conflict'])).toMatchObject([{ files: ['shelf'] }]);
  const roles = await Promise.all(['phase-1-task-1', 'phase-1-task-2'].map((task) => look(sandbox, task)));
  expect(roles.map((attempts) => attempts.map(({ role }) => role).join()).toSorted()).toEqual([
    'implementer',
    'implementer,resolver',
  ]);
  expect(await sandbox.git('show', 'main:shelf/b.txt')).toBe('both');
});

test('an agent that is not logged in blocks at once', async () => {
  const result = await implement([entry('role: implementer', 'authentication: {}')]);
  expect(result.run.blocked[0]?.code).toBe('authentication');
  expect(await attemptsOf(result)).toHaveLength(1);
});

test.each([
  ['in its process group', 'spawn: exec sleep 3600'],
  ['outside of it', 'spawn: { command: "exec sleep 3600", detached: true }'],
])('G14 what an agent leaves running %s is ended with it', async (_, step) => {
  sandbox = await Sandbox.create({
    script: scriptOf(ONE_TASK, entry('role: implementer', step, ...hold('left'), ...workOn('a.txt'))),
    config: QUICK,
  });
  await start(sandbox, designOf('Only'));
  await sandbox.reached('left');
  expect(await sandbox.processesWith('sleep 3600')).toHaveLength(1);
  await sandbox.release('left');
  expect(await sandbox.wait('sample')).toBe(0);
  expect(await sandbox.processesWith('sleep 3600')).toEqual([]);
});

test('a flood of output neither stops the attempt nor fills the disk', async () => {
  const result = await implement([
    entry('role: implementer', 'stdout-flood: { megabytes: 40 }', ...workOn('a.txt')),
  ]);
  expect(result.code).toBe(0);
  const size = await sandbox.run('du', ['-sm', `${sandbox.home}/state/attempts`]);
  expect(Number.parseInt(size.stdout, 10)).toBeLessThan(60);
});

test('reports through the command and in one line mean the same as typed ones', async () => {
  sandbox = await Sandbox.create({
    script: scriptOf(
      entry('role: validator', 'report: { kind: validation, status: warning, text: careful, via: message }'),
      entry(
        'role: planner',
        'plan: { via: cli, tasks: [{ title: one, files: [a.txt], review: spec+quality }] }',
      ),
      entry(
        'role: implementer',
        'write: { path: a.txt, content: x }',
        'commit: Write',
        'report: { kind: work, summary: done, via: cli }',
      ),
      entry('role: spec-reviewer', 'report: { kind: review, verdict: pass, via: cli }'),
      entry('role: quality-reviewer', 'report: { kind: review, verdict: pass, via: message }'),
      entry('role: reviewer', 'report: { kind: review, verdict: pass, via: message }'),
    ),
    config: QUICK,
  });
  const result = await play(sandbox, designOf('Only'));
  expect(result.code).toBe(0);
  expect((await result.task('validate-design')).result).toMatchObject({ status: 'warning' });
});
