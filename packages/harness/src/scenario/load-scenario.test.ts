import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TinaError } from '@tina/contract';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shippedNames, findScenario } from './find-scenarios.ts';
import { loadScenario } from './load-scenario.ts';
import { readYaml } from './read-yaml.ts';
import { scenarioFile } from './scenario.ts';
import { templateFiles } from './template.ts';

/** `line:column message` of everything that is wrong. */
function problemsOf(source: string): readonly string[] {
  return readYaml(source, scenarioFile).problems.map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  );
}

const HEAD = 'version: 1\ntitle: T\nfeature: f\n';

describe('a scenario', () => {
  it('is read with its faults, limits and what it expects', () => {
    const { value, problems } = readYaml(
      [
        HEAD,
        'faults:',
        "  - at: { event: task.completed, task: plan-phase-1, phase: '1', nth: 2 }",
        '    do: [kill: daemon, freeze: { process: agent, for: 2s }]',
        '  - at: { reached: work }',
        '    do:',
        '      - tina: [pause, "{run}"]',
        '      - tina: { args: [pause], error: already_paused }',
        '  - { at: launch, do: [write: { README.md: changed }] }',
        'limits: { timeout: 1m30s }',
        'expected:',
        '  status: complete',
        '  attempts: { plan-phase-1: [{ status: failed, failure: crash }, succeeded] }',
        '  files: { a.txt: a, b.txt: { absent: true }, c.txt: { contains: [x, y] } }',
        '  events: { run.created: 1, attempt.lost: { atMost: 2 } }',
        '  metrics: { duration: { atLeast: 1s } }',
      ].join('\n'),
      scenarioFile,
    );
    expect(problems).toEqual([]);
    expect(value?.faults?.map(({ at, steps }) => [at, steps])).toEqual([
      [
        {
          kind: 'event',
          event: 'task.completed',
          task: 'plan-phase-1',
          phase: '1',
          role: null,
          step: null,
          nth: 2,
        },
        [
          { kind: 'kill', target: 'daemon' },
          { kind: 'freeze', target: 'agent', forMs: 2000 },
        ],
      ],
      [
        { kind: 'reached', point: 'work' },
        [
          { kind: 'tina', args: ['pause', '{run}'], exit: 0, error: null, says: [] },
          { kind: 'tina', args: ['pause'], exit: 1, error: 'already_paused', says: [] },
        ],
      ],
      [{ kind: 'launch' }, [{ kind: 'write', files: new Map([['README.md', 'changed']]) }]],
    ]);
    expect(value?.limits?.timeout).toBe(90_000);
    const { attempts, files, events, metrics } = value?.expected ?? {};
    expect(attempts?.get('plan-phase-1')).toMatchObject([
      { status: 'failed', failure: 'crash', role: null },
      { status: 'succeeded', failure: null },
    ]);
    expect(files?.get('c.txt')).toEqual({ kind: 'contains', texts: ['x', 'y'] });
    expect(events?.get('attempt.lost')).toEqual({ atLeast: 0, atMost: 2 });
    expect(metrics?.duration).toEqual({ atLeast: 1000, atMost: Infinity });
  });
});

describe('a mistake in a scenario', () => {
  it('is told with its place, and all of them at once', () => {
    const source = [
      'version: 2',
      'titel: T',
      'feature: Not A Name',
      'faults:',
      '  - { at: { evnt: x }, do: [kil: daemon, kill: postman, { kill: daemon, sleep: 1s }] }',
      'expected:',
      '  status: done',
      '  files: { a.txt: { absent: false } }',
      '  attempts: { x: [{ role: implementer }] }',
      '  events: [run.created]',
    ].join('\n');
    expect(problemsOf(source)).toEqual([
      '1:1 "title" is missing',
      '1:10 expected 1, found 2',
      expect.stringMatching(/^2:1 unknown key "titel" \(known: version, title, /),
      '3:10 expected a name of small letters, digits and hyphens, found "Not A Name"',
      '5:11 "event" is missing',
      expect.stringMatching(/^5:13 unknown key "evnt"/),
      expect.stringMatching(/^5:29 unknown fault "kil" \(known: kill, /),
      expect.stringMatching(/^5:48 expected daemon, agent-host, .*, found "postman"$/),
      expect.stringMatching(/^5:57 expected one of kill, .* such as "kill: daemon"$/),
      expect.stringMatching(/^7:11 expected validating, .*, found "done"$/),
      '8:19 expected either "contains", or "absent: true"',
      '9:19 "status" is missing',
      '10:11 expected names with values',
    ]);
  });

  it.each([
    ['', '1:1 "version" is missing'],
    ['[', '1:2 '],
    [`${HEAD}expected: {}\nlimits: { timeout: 3 }`, '5:20 expected a duration'],
    [`${HEAD}expected: { blocked: [{ task: a }] }`, '4:23 "code" is missing'],
    [`${HEAD}expected: { tasks: { a: finished } }`, '4:25 expected pending, '],
    [`${HEAD}expected: {}\nexpected: {}`, '5:1 Map keys must be unique'],
    [`#${'x'.repeat(300 * 1024)}`, '1:1 the file is larger than 256 KiB'],
  ])('%#', (source, problem) => {
    expect(problemsOf(source)[0]).toContain(problem);
  });

  it('never breaks the reader', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        for (const source of [text, `${HEAD}faults: ${text}`, `${HEAD}expected: { ${text} }`]) {
          const { value, problems } = readYaml(source, scenarioFile);
          expect(value === null).toBe(problems.length > 0);
          for (const { line, column } of problems) expect(Math.min(line, column)).toBeGreaterThanOrEqual(1);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('a folder of a scenario', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tina-scenario-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function refusal(): Promise<TinaError> {
    const error: unknown = await loadScenario(folder).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TinaError);
    return error as TinaError;
  }

  it('without its file is refused with the file that is missing', async () => {
    const { code, place, next } = await refusal();
    expect([code, place?.file]).toEqual(['bad_scenario', join(folder, 'scenario.yaml')]);
    expect(next.join()).toContain('tina harness new');
    await writeFile(join(folder, 'scenario.yaml'), `${HEAD}expected: { status: complete }\n`);
    expect((await refusal()).place?.file).toBe(join(folder, 'design.md'));
  });

  it('with mistakes is refused with file, line and column of each', async () => {
    await writeFile(join(folder, 'scenario.yaml'), 'version: 1\ntitle: T\nfeature: f\nexpectd: {}\n');
    const error = await refusal();
    expect(error.message).toBe('The scenario has 2 mistakes.');
    expect(error.place).toMatchObject({ line: 1, column: 1 });
    expect(error.details).toEqual([
      `${join(folder, 'scenario.yaml')}:1:1: "expected" is missing`,
      expect.stringContaining(':4:1: unknown key "expectd"'),
    ]);
  });

  it('with a script that has mistakes is refused with their places', async () => {
    for (const [path, text] of templateFiles('mine'))
      if (!path.includes('/')) await writeFile(join(folder, path), text);
    await writeFile(join(folder, 'script.yaml'), 'version: 1\nentries:\n  - do: [wriet]\n');
    const error = await refusal();
    expect(error.place).toMatchObject({ file: join(folder, 'script.yaml'), line: 3, column: 10 });
  });

  it('is found by the path of itself or of its file', async () => {
    await writeFile(join(folder, 'scenario.yaml'), '');
    expect(await findScenario(folder, '/')).toBe(folder);
    expect(await findScenario('./scenario.yaml', folder)).toBe(folder);
    await expect(findScenario('./elsewhere', folder)).rejects.toThrow('There is no scenario.yaml');
    await expect(findScenario('no-such', folder)).rejects.toMatchObject({ code: 'unknown_scenario' });
  });
});

describe('the scenarios that come with Tina', async () => {
  const names = await shippedNames();

  it('are those that must be there', () => {
    expect(names).toEqual(
      expect.arrayContaining([
        'single-phase',
        'two-phases-refactoring',
        'failing-before',
        'remediation-once',
        'impossible-requirement',
        'crash-at-every-stage',
        'agent-dead',
        'malformed-output',
        'zero-changes',
        'out-of-scope',
        'lying-agent',
        'limit-parked',
        'base-moved',
        'merge-conflict',
        'dependency-cycle',
        'plan-without-models',
        'two-runs-one-feature',
        'pause-and-resume',
        'retry',
        'skip',
        'cancel',
        'nothing-installed',
      ]),
    );
  });

  it.each(names)('%s can be read, and expects something', async (name) => {
    const { expected, feature } = await loadScenario(await findScenario(name, '/'));
    expect(feature).not.toBe('');
    expect(Object.values(expected).filter((part) => part !== null).length).toBeGreaterThan(0);
  });
});
