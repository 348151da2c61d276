import type { ProcedureInput } from '@tina/contract';
import { describe, expect, it } from 'vitest';
import { PROJECT_CONFIG_PATH, WITH_AGENT } from '../testing/fake-machine.test-support.ts';
import { TWO_PHASES } from '../testing/fake-work.test-support.ts';
import { createInput, type Home, newKey, openHome, refusalOf } from '../testing/home.test-support.ts';

type Input = Partial<ProcedureInput<'run.create'>>;

async function refused(home: Home, input: Input = {}): ReturnType<typeof refusalOf> {
  return refusalOf(home.call('run.create', createInput(input)));
}

describe('G31 a run is refused whole', () => {
  it.each<{ why: string; input: Input; prepare?: (home: Home) => void; expected: object }>([
    {
      why: 'the design has mistakes: all of them, with their lines',
      input: {
        designText: '# A\n\n## Phase 1: One\n\nx\n\n## Phase 3: Three\n\ny\n\n## Phase 3: Again\n\nz\n',
      },
      expected: {
        code: 'design_invalid',
        place: { file: '/srv/app/docs/shelf-design.md', line: 7 },
        details: expect.arrayContaining([
          expect.stringMatching(/^\/srv\/app\/docs\/shelf-design\.md:11: /),
        ]) as unknown,
      },
    },
    {
      why: 'the design has no phases',
      input: { designText: '# A\n\nNothing.\n' },
      expected: { code: 'design_invalid' },
    },
    {
      why: 'a path is not absolute: the daemon does not know from where it is meant',
      input: { designPath: 'docs/shelf-design.md' },
      expected: { code: 'bad_input', place: { field: 'designPath' } },
    },
    {
      why: 'no agent is configured',
      input: {},
      prepare: (home) => (home.machine.facts.projectConfig = null),
      expected: { code: 'no_agent', message: 'No agent is configured.', details: [] },
    },
    {
      why: 'none of the configured agents is chosen',
      input: {},
      prepare: (home) => (home.machine.facts.projectConfig = WITH_AGENT.replace('default: scripted', '')),
      expected: { code: 'no_agent', details: ['configured: scripted'] },
    },
    {
      why: 'the agent that was asked for is not configured',
      input: { agent: 'toString' },
      expected: { code: 'unknown_agent', details: ['configured: scripted'] },
    },
    {
      why: 'the agent cannot work',
      input: {},
      prepare: (home) => {
        const problem = { message: 'The script is missing.', place: null, details: ['a'], next: [] };
        home.machine.facts.agentProblems = [
          { ...problem, code: 'script_missing' },
          {
            ...problem,
            code: 'script_old',
            message: 'And it is old.',
            place: { file: 's.yaml', line: 3, column: 1, field: null },
          },
          { ...problem, code: 'script_large', message: 'And large.' },
        ];
      },
      expected: {
        code: 'agent_not_ready',
        message: 'The script is missing.',
        details: ['a', 's.yaml:3:1: And it is old.', 'And large.'],
        next: ['tina doctor'],
      },
    },
    {
      why: 'the configuration has a mistake: with its file and line',
      input: {},
      prepare: (home) => (home.machine.facts.projectConfig = 'version: 1\nfinalize: soon\n'),
      expected: { code: 'config_wrong_value', place: { file: PROJECT_CONFIG_PATH, line: 2 } },
    },
    {
      why: 'the configuration has several mistakes: all of them',
      input: {},
      prepare: (home) => (home.machine.facts.projectConfig = 'version: 1\nfinalize: soon\nsetup: 3\n'),
      expected: {
        code: 'config_invalid',
        details: [
          expect.stringContaining(`${PROJECT_CONFIG_PATH}:2:`),
          expect.stringContaining(`${PROJECT_CONFIG_PATH}:3:`),
        ],
      },
    },
    {
      why: 'the base has uncommitted changes',
      input: {},
      prepare: (home) => home.machine.facts.dirtyFiles.push('src/a.ts', 'docs/shelf-design.md'),
      expected: { code: 'dirty_base', details: ['src/a.ts'] },
    },
    {
      why: 'the branch is there already',
      input: {},
      prepare: (home) => home.machine.facts.branches.add('tina/shelf'),
      expected: { code: 'branch_exists' },
    },
    {
      why: 'the feature cannot be part of a branch',
      input: { feature: 'a..b' },
      expected: { code: 'bad_feature_name' },
    },
    {
      why: 'no feature can be read from the name of the file',
      input: { designPath: '/srv/app/-design.md' },
      expected: { code: 'no_feature_name' },
    },
  ])('when $why', async ({ input, prepare, expected }) => {
    const home = await openHome();
    prepare?.(home);
    expect(await refused(home, input)).toMatchObject(expected);
    expect(await home.call('run.list', {})).toEqual([]);
    expect(await home.store.lastSequence()).toBe(0);
    expect(await home.store.findProject('/srv/app')).toBeNull();
    expect(home.errors).toEqual([]);
  });

  it('when a run that has not ended works on its branch, also before the branch exists', async () => {
    const home = await openHome();
    const run = await home.startRun();
    const other = { designPath: '/srv/app/other/shelf.md' };
    home.machine.facts.branches.add('tina/shelf');
    const refusal = await refused(home, other);
    expect(refusal).toMatchObject({ code: 'branch_busy', message: expect.stringContaining(run) as string });
    expect(refusal.next[0]).toBe(`tina status ${run}`);
    expect(await home.call('run.list', {})).toHaveLength(1);
  });

  it('when another run took its branch in the same moment', async () => {
    const home = await openHome();
    const started = await Promise.allSettled(
      ['a', 'b', 'c'].map((folder) => home.startRun({ designPath: `/srv/app/${folder}/shelf.md` })),
    );
    expect(started.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const reasons = started.flatMap((each) => (each.status === 'rejected' ? [each.reason as Error] : []));
    expect(reasons).toMatchObject([{ code: 'branch_busy' }, { code: 'branch_busy' }]);
    expect(await home.call('run.list', {})).toHaveLength(1);
  });
});

it('takes an agent CLI by its name alone, and keeps how it is started', async () => {
  const home = await openHome();
  const run = await home.startRun({ agent: 'codex' });
  expect((await home.state(run)).policy.agent).toBe('codex');
});

describe('a sandbox', () => {
  const started = async (config: string, input: Input) => {
    const home = await openHome();
    home.machine.facts.projectConfig = `${WITH_AGENT}\n${config}`;
    const run = await home.startRun(input);
    const settings = await home.store.readDocument((await home.state(run)).settingsDocument);
    const { agents } = JSON.parse(settings ?? '') as { agents: Record<string, { sandbox?: object }> };
    return { checked: home.machine.agentChecks.map((agent) => agent.sandbox), agents };
  };

  it('is none unless somebody asks for one', async () => {
    const { checked, agents } = await started('', {});
    expect(checked).toEqual([undefined]);
    expect(agents['codex']?.sandbox).toBeUndefined();
  });

  it('that is asked for is looked at before the run, and holds for every agent of it', async () => {
    const sandbox = { enabled: true, network: true, writable: [] };
    const { checked, agents } = await started('', { sandbox: true });
    expect(checked).toEqual([sandbox]);
    expect(agents['codex']?.sandbox).toEqual(sandbox);
  });

  it('can be configured for all', async () => {
    const { checked } = await started('sandbox: { enabled: true, network: false, writable: [~/.npm] }', {});
    expect(checked).toEqual([{ enabled: true, network: false, writable: ['~/.npm'] }]);
  });
});

describe('what may be dirty', () => {
  it('is the design itself, because the run keeps its text', async () => {
    const home = await openHome();
    home.machine.facts.dirtyFiles.push('docs/shelf-design.md');
    await expect(home.startRun()).resolves.toMatch(/^r/);
  });

  it('is the design itself also in a linked worktree, within the repository or outside', async () => {
    for (const designPath of ['/srv/app/.worktrees/a/docs/shelf-design.md', '/srv/linked/shelf-design.md']) {
      const home = await openHome();
      home.machine.facts.dirtyFiles.push(designPath);
      await expect(home.startRun({ designPath })).resolves.toMatch(/^r/);
      home.machine.facts.dirtyFiles.push('/srv/linked/src/a.ts');
      const fresh = { designPath, fresh: true, feature: 'other' };
      expect(await refused(home, fresh)).toMatchObject({
        code: 'dirty_base',
        details: ['/srv/linked/src/a.ts'],
      });
    }
  });

  it('is everything when the base is named: its last commit is meant', async () => {
    const home = await openHome();
    home.machine.facts.dirtyFiles.push('src/a.ts');
    const run = await home.startRun({ base: 'main' });
    expect((await home.state(run)).baseBranch).toBe('main');
  });
});

describe('a design that has a run', () => {
  it('is followed, and told when its file has changed since', async () => {
    const home = await openHome();
    const runId = await home.startRun();
    const found = await home.call('run.create', createInput());
    expect(found).toEqual({ runId, outcome: 'found', designChanged: false, warnings: [] });
    const edited = await home.call('run.create', createInput({ designText: `${TWO_PHASES}\nMore.\n` }));
    expect(edited).toMatchObject({ runId, outcome: 'found', designChanged: true });
    const broken = await home.call('run.create', createInput({ designText: 'no phases any more' }));
    expect(broken).toMatchObject({ runId, outcome: 'found', designChanged: true });
    expect(await home.call('run.list', {})).toHaveLength(1);
  });

  it('G27 says which options have no effect on it', async () => {
    const home = await openHome();
    await home.startRun();
    const { warnings } = await home.call('run.create', createInput({ parallel: 8, preset: 'fast' }));
    expect(warnings).toEqual([expect.stringContaining('--policy, --parallel')]);
  });

  it('goes on when it was paused', async () => {
    const home = await openHome();
    const run = await home.startRun();
    await home.call('run.pause', { run, idempotencyKey: newKey() });
    const input = createInput();
    const resumed = await home.call('run.create', input);
    expect(resumed).toEqual({ runId: run, outcome: 'resumed', designChanged: false, warnings: [] });
    expect((await home.state(run)).control).toBe('active');
    expect(await home.call('run.create', input)).toEqual(resumed);
  });

  it('gets another one when that is asked for, or when the first has ended', async () => {
    const home = await openHome();
    const first = await home.startRun();
    const second = await home.startRun({ fresh: true, feature: 'shelf-again' });
    expect(second).not.toBe(first);
    for (const run of [first, second]) await home.call('run.cancel', { run, idempotencyKey: newKey() });
    await home.node.work();
    const third = await home.call('run.create', createInput());
    expect(third.outcome).toBe('started');
  });

  it('outside the repository is known by its whole path', async () => {
    const home = await openHome();
    const run = await home.startRun({ designPath: '/srv/notes/shelf.md' });
    const view = await home.call('run.get', { run });
    expect(view.designPath).toBe('/srv/notes/shelf.md');
    expect(await home.call('run.create', createInput({ designPath: '/srv/notes/shelf.md' }))).toMatchObject({
      runId: run,
      outcome: 'found',
    });
  });

  it('G03 has one run however many start it at once', async () => {
    const home = await openHome();
    const started = await Promise.all(
      Array.from({ length: 8 }, () => home.call('run.create', createInput())),
    );
    expect(new Set(started.map((each) => each.runId)).size).toBe(1);
    expect(started.filter((each) => each.outcome === 'started')).toHaveLength(1);
    expect(await home.call('run.list', {})).toHaveLength(1);
    expect(await home.store.listJobs({})).toHaveLength(1);
  });

  it('that ends or is resumed by others in between is looked for again', async () => {
    const home = await openHome();
    const run = await home.startRun();
    await home.call('run.pause', { run, idempotencyKey: newKey() });
    const both = await Promise.all([
      home.call('run.create', createInput()),
      home.call('run.create', createInput()),
      home.call('run.resume', { run, idempotencyKey: newKey() }).catch(() => null),
    ]);
    const outcomes = both.slice(0, 2).map((each) => (each && 'outcome' in each ? each.outcome : ''));
    expect(outcomes.every((outcome) => outcome === 'found' || outcome === 'resumed')).toBe(true);
    expect((await home.state(run)).control).toBe('active');
  });
});

describe('the policy of a run', () => {
  it('keeps the branch of a run that nobody attends where it would ask, and only there', async () => {
    const home = await openHome();
    const asks = await home.startRun({ finalize: 'ask', unattended: true });
    expect((await home.state(asks)).policy.finalize).toBe('keep');
    const merges = await home.startRun({
      finalize: 'merge',
      unattended: true,
      fresh: true,
      feature: 'other',
    });
    expect((await home.state(merges)).policy.finalize).toBe('merge');
  });

  it('is the configuration with what the request says, and a preset asked for is meant whole', async () => {
    const home = await openHome();
    home.machine.facts.projectConfig = `${WITH_AGENT}setup: npm ci
checks:
  - { name: test, command: npm test, timeout: 2m }
policy: { taskReview: all, gates: { plan: true } }
limits: { parallelAgents: 2, tasksPerPlan: 7 }
retries: { backoff: 1s }
finalize: pr
`;
    const plain = await home.state(await home.startRun());
    expect(plain.policy).toMatchObject({
      preset: 'balanced',
      taskReview: 'all',
      gates: { plan: true, review: false },
      parallelAgents: 2,
      maxTasksPerPlan: 7,
      finalize: 'pr',
      hasSetup: true,
      retries: { backoffMs: 1_000 },
      checks: [{ name: 'test', timeoutMs: 120_000 }],
    });
    const asked = { preset: 'fast', parallel: 5, model: 'opus', finalize: 'keep' } as const;
    const fast = await home.state(await home.startRun({ ...asked, fresh: true, feature: 'fast' }));
    expect(fast.policy).toMatchObject({
      preset: 'fast',
      taskReview: 'none',
      gates: { plan: false, review: false },
      parallelAgents: 5,
      modelOverride: 'opus',
      finalize: 'keep',
    });
  });
});
