import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { ActionView } from '@tina/contract';
import { designOf, entry, hold, note, planOf, play, Sandbox, scriptOf, start, workOn } from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

/** What an agent has no say in, with the procedure that refuses it. */
const FORBIDDEN = [
  ['skip sample/review-phase-1 --reason no', 'task.skip'],
  ['runs', 'run.list'],
  ['cancel sample', 'run.cancel'],
  ['daemon stop', 'daemon.stop'],
  ['daemon start', 'daemon.start'],
  ['daemon run', 'daemon.run'],
] as const;

test('G29 an agent can do nothing of an operator’s: no skip, no look around, no daemon of its own', async () => {
  const tries = FORBIDDEN.map(([command]) => `run: { command: "tina ${command}", mayFail: true }`);
  const report = 'report: { kind: validation, status: pass, text: sound }';
  sandbox = await Sandbox.create({
    script: scriptOf(
      entry('role: validator', ...tries, report),
      entry('role: planner', planOf('{ title: one, files: [a.txt] }')),
      entry('role: implementer', ...workOn('a.txt')),
    ),
  });
  const before = await sandbox.json<{ readonly pid: number }>('daemon', 'start');
  const result = await play(sandbox, designOf('Only'));
  expect(result.code).toBe(0);

  const [attempt] = (await result.task('validate-design')).allAttempts;
  const { stdout: output } = await sandbox.tina('logs', attempt?.id ?? '');
  for (const [, procedure] of FORBIDDEN)
    expect(output).toContain(`error: An agent may not call ${procedure}.`);
  expect(output.match(/next: tina report --help/g)).toHaveLength(FORBIDDEN.length);

  const tried = await sandbox.jsonLines<ActionView>('actions', 'sample');
  expect(
    tried.slice(1).map(({ kind, requestedBy, reasonCode }) => [kind, requestedBy, reasonCode]),
    'G28 what it tried is in the log',
  ).toEqual(['task.skip', 'run.cancel'].map((kind) => [kind, `agent ${attempt?.id}`, 'not_allowed']));

  const review = await result.task('review-phase-1');
  expect(review.status).toBe('completed');
  expect(review.allAttempts.map(({ role, status }) => [role, status])).toEqual([['reviewer', 'succeeded']]);
  expect(await sandbox.json('daemon', 'status')).toMatchObject({ pid: before.pid });
  // Where Tina would keep its state without TINA_HOME, which an agent does not have.
  expect(existsSync(join(sandbox.path, 'user'))).toBe(true);
  expect(await readdir(join(sandbox.path, 'user'))).toEqual([]);
});

test('G30 home and socket are the owner’s alone, and no secret of user or attempt gets to agents, logs and events', async () => {
  const secret = 'not-for-agents-7c1f';
  sandbox = await Sandbox.create({
    script: scriptOf(
      entry(
        'role: validator',
        note('tokens', '$TINA_TOKEN'),
        'run: env',
        'run: echo "I am $TINA_TOKEN"',
        'say: "{message}"',
      ),
      entry('role: planner', note('tokens', '$TINA_TOKEN'), planOf('{ title: one, files: [a.txt] }')),
      entry(
        'role: implementer',
        ...hold('work'),
        note('tokens', '$TINA_TOKEN'),
        'run: env',
        ...workOn('a.txt'),
      ),
    ),
  });
  await sandbox.tinaAt({ env: { DEPLOY_KEY: secret } }, 'daemon', 'start');
  const { pid } = await sandbox.json<{ readonly pid: number }>('daemon', 'status');
  expect(await readFile(`/proc/${pid}/environ`, 'utf8')).toContain(secret);
  await start(sandbox, designOf('Only'));
  await sandbox.reached('work');
  const others = (await sandbox.processes()).filter((each) => each !== pid);
  const environments = await Promise.all(others.map((each) => readFile(`/proc/${each}/environ`, 'latin1')));
  expect(environments.some((each) => each.includes('TINA_ATTEMPT='))).toBe(true);
  expect(environments.join('')).not.toContain(secret);
  const state = join(sandbox.home, 'state');
  const modeOf = async (path: string): Promise<number> => (await stat(join(state, path))).mode & 0o777;
  expect([await modeOf('.'), await modeOf('daemon.sock'), await modeOf('tina.db')]).toEqual([
    0o700, 0o600, 0o600,
  ]);
  await sandbox.release('work');
  expect(await sandbox.wait('sample')).toBe(0);
  await sandbox.tina('daemon', 'stop');

  const tokens = (await sandbox.read('.git/tokens')).trim().split('\n');
  expect(tokens).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/^[\w-]{43}$/) as string));
  const { all, leaks } = await search([secret, ...tokens]);
  expect(leaks).toEqual([]);
  // It was all there to be seen: what the agents were given, and said.
  for (const text of ['TINA_ROLE=validator', 'TINA_ROLE=implementer', 'I am [token]'])
    expect(all).toContain(text);
});

test('G30 what checks print of secrets gets into no file, event or prompt', async () => {
  // What the configuration names, a check has; what only the daemon has, it can still find.
  const named = 'named-in-the-configuration-41';
  const secret = 'postgres://user:hunter2@localhost/of-the-daemon';
  const shows =
    'env; echo it is $NAMED_PASSWORD and $(cat $LEAK); printf named-in-the-; sleep 0.2; echo configuration-41';
  sandbox = await Sandbox.create({
    script: scriptOf(
      entry('role: validator', 'say: "{message}"'),
      entry('role: planner', planOf('{ title: one, files: [a.txt] }')),
      entry(
        'role: implementer, turn: 1',
        'write: { path: a.txt, content: bad }',
        'commit: One',
        'report: done',
      ),
      entry('role: implementer, turn: 2', 'say: "{message}"', ...workOn('a.txt')),
    ),
    config: `env: [NAMED_PASSWORD]
setup: { command: "${shows}" }
checks:
  - { name: before, command: "${shows}; exit 1" }
  - { name: after, command: "if grep -q bad a.txt; then ${shows}; exit 1; fi", at: [task] }
`,
  });
  const leak = join(sandbox.path, 'leak');
  await writeFile(leak, secret);
  const env = { NAMED_PASSWORD: named, DATABASE_URL: secret, LEAK: leak };
  await sandbox.tinaAt({ env }, 'daemon', 'start');
  const { code, run } = await play(sandbox, designOf('Only'));
  expect(code).toBe(0);
  expect(await sandbox.read('a.txt')).not.toContain('bad');
  const events = (await sandbox.tina('events', run.id, '--json')).stdout;
  for (const each of [named, secret]) expect(events).not.toContain(each);
  expect(events).toContain('it is [NAMED_PASSWORD] and [DATABASE_URL]');
  await sandbox.tina('daemon', 'stop');
  const { all, leaks } = await search([named, secret]);
  expect(leaks).toEqual([]);
  for (const text of ['NAMED_PASSWORD=[NAMED_PASSWORD]', 'it is [NAMED_PASSWORD] and [DATABASE_URL]'])
    expect(all).toContain(text);
});

/** All that is in the state folder, and the files of it that hold one of the texts. */
async function search(
  texts: readonly string[],
): Promise<{ readonly all: string; readonly leaks: readonly string[] }> {
  const entries = await readdir(join(sandbox.home, 'state'), { recursive: true, withFileTypes: true });
  let all = '';
  const leaks: string[] = [];
  for (const { parentPath, name } of entries.filter((each) => each.isFile())) {
    const path = join(parentPath, name);
    const content = await readFile(path, 'latin1');
    all += content;
    if (texts.some((text) => content.includes(text))) leaks.push(path);
  }
  return { all, leaks };
}
