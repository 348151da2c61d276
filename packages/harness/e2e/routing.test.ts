import { afterEach, expect, test } from 'vitest';
import {
  attemptsOf,
  designOf,
  entry,
  eventsOf,
  planOf,
  runOf,
  Sandbox,
  scriptOf,
  start,
  workOn,
} from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

/** Agents of these scripts, each in a file of its name. */
async function withAgents(
  scripts: Readonly<Record<string, string>>,
  ...config: readonly string[]
): Promise<void> {
  const names = Object.keys(scripts);
  const definitions = names.map((name) => `${name}: { kind: scripted, script: ${name}.yaml }`).join(', ');
  const lines = ['version: 1', `agents: { default: ${names[0]}, ${definitions} }`, ...config, ''];
  const files = Object.fromEntries(Object.entries(scripts).map(([name, script]) => [`${name}.yaml`, script]));
  sandbox = await Sandbox.create({
    config: null,
    files: { ...files, '.tina/config.yaml': lines.join('\n') },
  });
}

/** Role, agent and model of each attempt of a task. */
async function doersOf(task: string): Promise<readonly string[]> {
  const attempts = await attemptsOf(sandbox, task);
  return attempts.map(({ role, agent, model, status }) => [role, agent, model ?? '-', status].join(' '));
}

const PLAN = entry(
  'role: planner',
  planOf('{ title: one, files: [a.txt], tags: [ui] }', '{ title: two, files: [b.txt] }'),
);
/** Whoever does what another was to do says so. */
const NOT_MINE = entry('role: implementer', 'report: { kind: error, reason: this is not mine }');

test('roles and tags decide which agent and which model does what, and tina config says so', async () => {
  await withAgents(
    {
      base: scriptOf(entry('role: implementer', ...workOn('b.txt', 'by base'))),
      planning: scriptOf(PLAN, NOT_MINE),
      drawing: scriptOf(entry('role: implementer', ...workOn('a.txt', 'by drawing'))),
    },
    'roles: { planner: { agent: planning, model: opus }, reviewer: { model: sonnet } }',
    'routing: { tags: { ui: { agent: drawing, model: artist } } }',
  );
  await start(sandbox, designOf('Only'));
  expect(await sandbox.wait('sample')).toBe(0);
  expect(await sandbox.git('show', 'main:a.txt')).toBe('by drawing');
  expect(await sandbox.git('show', 'main:b.txt')).toBe('by base');
  expect(await doersOf('validate-design')).toEqual(['validator base - succeeded']);
  expect(await doersOf('plan-phase-1')).toEqual(['planner planning opus succeeded']);
  expect(await doersOf('phase-1-task-1')).toEqual(['implementer drawing artist succeeded']);
  expect(await doersOf('phase-1-task-2')).toEqual(['implementer base haiku succeeded']);
  expect(await doersOf('review-phase-1')).toEqual(['reviewer base sonnet succeeded']);
  const requested = (await eventsOf(sandbox)).filter(({ type }) => type === 'attempt.requested');
  expect(requested.map(({ data }) => data['because'])).toContain('tag ui');

  const { stdout } = await sandbox.tina('config');
  expect(stdout).toMatch(/^roles\.planner +project +planning \(opus\)$/m);
  expect(stdout).toMatch(/^routing\.tags\.ui +project +drawing \(artist\)$/m);
  expect(stdout).toMatch(/^routing\.reviewersDiffer +default +false$/m);
});

test('G15 an attempt that meets a limit gives way to the fall-back at once, and uses up no retry', async () => {
  await withAgents(
    {
      base: scriptOf(
        entry('role: planner', planOf('{ title: one, files: [a.txt] }')),
        entry('role: implementer', 'write: { path: a.txt, content: begun }', 'limit: { resetIn: 1h }'),
      ),
      spare: scriptOf(entry('role: implementer', ...workOn('a.txt', 'by spare'))),
    },
    'routing: { fallback: [{ agent: spare, model: opus }] }',
  );
  await start(sandbox, designOf('Only'));
  expect(await sandbox.wait('sample')).toBe(0);
  expect(await sandbox.git('show', 'main:a.txt')).toBe('by spare');
  expect(await doersOf('phase-1-task-1')).toEqual([
    'implementer base haiku failed',
    'implementer spare opus succeeded',
  ]);
  const [first] = await attemptsOf(sandbox, 'phase-1-task-1');
  expect(first?.failure).toEqual({
    kind: 'limit',
    message: 'base (haiku) has met its limit; spare (opus) takes over.',
  });
  // What it had begun is kept.
  expect(await sandbox.git('show', `${first?.rescueRef}:a.txt`)).toBe('begun');
  const events = await eventsOf(sandbox);
  const retries = events.filter(({ type }) => type === 'retry.scheduled').map(({ data }) => data['cause']);
  expect(retries).toEqual(['limit']);
  expect((await sandbox.tina('events', 'sample')).stdout).toContain('because=base (haiku) has met its limit');
  const verified = await sandbox.tina('verify');
  expect([verified.code, verified.stdout]).toEqual([0, expect.any(String)]);
});

test('G31 routes that cannot be are refused before anything begins', async () => {
  await withAgents({ base: scriptOf(PLAN) }, 'routing:', '  reviewersDiffer: true');
  await sandbox.write('docs/sample-design.md', designOf('Only'));
  const own = await sandbox.tina('orchestrate', 'docs/sample-design.md', '--detach');
  expect(own.code).not.toBe(0);
  expect(own.stderr).toContain('Reviewers must differ from authors, but work of base (haiku) in phase 1');
  expect(own.stderr).toContain('.tina/config.yaml:4');
  expect(own.stderr).toContain('routing: { fallback:');
  await sandbox.write(
    '.tina/config.yaml',
    'version: 1\nagents: { default: base, base: { kind: scripted, script: base.yaml } }\nroles: { reviewer: { agent: bose } }\n',
  );
  const unknown = await sandbox.tina('orchestrate', 'docs/sample-design.md', '--detach');
  expect(unknown.stderr).toContain(
    'roles.reviewer.agent names "bose", which is not defined; did you mean base?',
  );
  expect(await sandbox.json('runs')).toEqual([]);
});

test('reviewers that must differ from authors do', async () => {
  await withAgents(
    {
      base: scriptOf(
        entry('role: planner', planOf('{ title: one, files: [a.txt], review: spec }')),
        entry('role: implementer', ...workOn('a.txt')),
        entry('role: reviewer', 'report: { kind: error, reason: this is my own }'),
      ),
      other: 'version: 1\nentries: []\n',
    },
    'routing: { reviewersDiffer: true, fallback: [{ agent: other }] }',
  );
  await start(sandbox, designOf('Only'));
  expect(await sandbox.wait('sample')).toBe(0);
  expect((await runOf(sandbox)).status).toBe('complete');
  expect(await doersOf('phase-1-task-1')).toEqual([
    'implementer base haiku succeeded',
    'spec-reviewer other - succeeded',
  ]);
  expect(await doersOf('review-phase-1')).toEqual(['reviewer other - succeeded']);
});
