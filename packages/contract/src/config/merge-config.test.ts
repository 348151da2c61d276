import { agentNamed, BUILT_IN_AGENTS } from './built-in-agents.ts';
import { describe, expect, it } from 'vitest';
import { mergeConfig, type MergedConfig } from './merge-config.ts';

const userPath = '/srv/me/.config/tina/config.yaml';
const projectPath = '/srv/app/.tina/config.yaml';

function merge({ user, project }: { user?: string; project?: string }): MergedConfig {
  return mergeConfig(
    user === undefined ? null : { path: userPath, text: user },
    project === undefined ? null : { path: projectPath, text: project },
  );
}

function valid(files: { user?: string; project?: string }) {
  const merged = merge(files);
  if (!merged.ok) throw new Error(JSON.stringify(merged.errors, null, 2));
  return merged;
}

/** Each mistake as `line:column field code message`. */
function mistakes(files: { user?: string; project?: string }): string[] {
  const merged = merge(files);
  if (merged.ok) return [];
  return merged.errors.map(({ code, message, place }) =>
    [`${place?.line}:${place?.column}`, code, message].join(' '),
  );
}

describe('mergeConfig', () => {
  it('fills in every default when there is no file', () => {
    const { config, origins } = valid({});
    expect(config).toMatchInlineSnapshot(`
      {
        "agents": {
          "default": null,
          "definitions": {},
        },
        "budgets": {
          "attempt": {},
          "phase": {},
          "run": {},
          "warnAt": 0.8,
        },
        "checks": [],
        "env": [],
        "finalize": "ask",
        "limits": {
          "idleStopMs": 1800000,
          "idleWarningMs": 600000,
          "machineAgents": 6,
          "parallelAgents": 3,
          "startMs": 60000,
          "tasksPerPlan": 20,
          "turnMs": 7200000,
        },
        "models": {
          "known": null,
        },
        "policy": {
          "gates": {
            "plan": false,
            "review": false,
          },
          "preset": "balanced",
          "taskReview": "plan",
        },
        "prices": {},
        "retries": {
          "backoffMs": 5000,
          "overload": {
            "capMs": 600000,
            "factor": 3,
            "firstMs": 10000,
            "times": 5,
          },
        },
        "roles": {},
        "routing": {
          "fallback": [],
          "models": {},
          "phases": {},
          "reviewersDiffer": false,
          "tags": {},
        },
        "sandbox": {
          "enabled": false,
          "network": true,
          "writable": [],
        },
        "setup": null,
        "worktrees": {
          "include": [],
          "root": null,
        },
      }
    `);
    expect(new Set(Object.values(origins))).toEqual(new Set(['default']));
  });

  it('reads the example of the documentation', () => {
    const { config } = valid({
      project: `version: 1
agents:
  default: claude
  claude: { kind: command, command: [claude, -p] }
setup: npm ci
worktrees: { include: [.env] }
checks:
  - { name: test, command: npm test, at: [task, phase, finalize], timeout: 10m }
  - { name: lint, command: npm run lint, at: [phase, finalize] }
limits: { parallelAgents: 3 }
finalize: ask
`,
    });
    expect(config.setup).toEqual({ command: 'npm ci', timeoutMs: 1_800_000 });
    expect(config.checks).toEqual([
      {
        name: 'test',
        command: 'npm test',
        at: ['task', 'phase', 'finalize'],
        timeoutMs: 600_000,
        failures: null,
      },
      {
        name: 'lint',
        command: 'npm run lint',
        at: ['phase', 'finalize'],
        timeoutMs: 600_000,
        failures: null,
      },
    ]);
    expect(config.agents.definitions['claude']).toEqual({
      kind: 'command',
      command: ['claude', '-p'],
      prompt: 'stdin',
      env: [],
    });
  });

  it("lays the project's file over the user's, field by field, and says where each comes from", () => {
    const { config, origins } = valid({
      user: `version: 1
agents: { default: mine, mine: { kind: scripted, script: a.yaml } }
limits: { idleStop: 20m, parallelAgents: 5, machineAgents: 9 }
roles: { planner: { agent: mine, model: opus }, reviewer: { model: opus } }
setup: { command: make deps, timeout: 1m }
`,
      project: `version: 1
agents: { ours: { kind: scripted, script: b.yaml } }
limits: { parallelAgents: 2 }
roles: { planner: { model: sonnet } }
policy: { preset: strict, gates: { plan: false } }
`,
    });
    expect(config.agents.default).toBe('mine');
    expect(Object.keys(config.agents.definitions)).toEqual(['mine', 'ours']);
    expect(config.limits).toMatchObject({ idleStopMs: 1_200_000, parallelAgents: 2, machineAgents: 9 });
    expect(config.roles).toEqual({
      planner: { agent: null, model: 'sonnet' },
      reviewer: { agent: null, model: 'opus' },
    });
    expect(config.setup).toEqual({ command: 'make deps', timeoutMs: 60_000 });
    expect(config.policy).toEqual({
      preset: 'strict',
      taskReview: 'all',
      gates: { plan: false, review: true },
    });
    expect(origins).toMatchObject({
      'agents.default': 'user',
      'agents.mine': 'user',
      'agents.ours': 'project',
      'limits.parallelAgents': 'project',
      'limits.idleStop': 'user',
      'limits.turn': 'default',
      'roles.planner': 'project',
      'roles.reviewer': 'user',
      'policy.taskReview': 'default',
      'policy.gates.plan': 'project',
    });
  });

  it('takes a file without content as one that sets nothing', () => {
    expect(mistakes({ project: '' })).toEqual([]);
    expect(mistakes({ project: '# nothing yet\n' })).toEqual([]);
  });

  it('G31 reports every mistake of both files at once, with line, column and what was meant', () => {
    expect(
      mistakes({
        user: 'version: 2\n',
        project: `version: 1
chekcs: []
checks:
  - { name: A b, comand: npm test }
  - { name: lint, command: x, at: [tsk], timeout: '10' }
setup: 5
agents:
  default: 4
  a: { kind: comand }
  b: { kind: scripted, scrip: x }
  c: text
limits: { parallelAgents: 0.5, machineAgents: 0, turn: 5 }
roles: { planer: { model: opus } }
policy:
  gates: { plan: yes please }
  preset:
finalize: mrege
zzzzzz: 1
`,
      }),
    ).toMatchInlineSnapshot(`
      [
        "1:10 config_wrong_value version must be 1, not 2",
        "2:1 config_unknown_key chekcs is not a setting; did you mean checks?",
        "4:5 config_missing checks[0].command is missing",
        "4:13 config_wrong_value checks[0].name must be lower-case letters, digits and dashes",
        "4:18 config_unknown_key checks[0].comand is not a setting; did you mean command?",
        "5:36 config_wrong_value checks[1].at[0] must be one of task, phase, finalize, not "tsk"; did you mean task?",
        "5:51 config_wrong_value checks[1].timeout must be a duration such as 30s, 10m or 1h30m",
        "6:8 config_wrong_value setup must be text or a mapping (key: value), not 5",
        "8:12 config_wrong_value agents.default must be text, not 4",
        "9:14 config_wrong_value agents.a.kind must be one of scripted, command, claude, codex, gemini, opencode, acp, not "comand"; did you mean command?",
        "10:6 config_missing agents.b.script is missing",
        "10:24 config_unknown_key agents.b.scrip is not a setting; did you mean script?",
        "11:6 config_wrong_value agents.c must be a mapping (key: value), not "text"",
        "12:27 config_wrong_value limits.parallelAgents must be a whole number, not 0.5",
        "12:47 config_wrong_value limits.machineAgents must be at least 1",
        "12:56 config_wrong_value limits.turn must be a duration such as 30s, 10m or 1h30m, not 5",
        "13:10 config_unknown_key roles.planer is not a setting; did you mean planner?",
        "15:18 config_wrong_value policy.gates.plan must be true or false, not "yes please"",
        "16:10 config_wrong_value policy.preset is empty: give it a value, or leave the line out",
        "17:11 config_wrong_value finalize must be one of ask, merge, pr, keep, discard, not "mrege"; did you mean merge?",
        "18:1 config_unknown_key zzzzzz is not a setting; known here: version, agents, roles, routing, sandbox, setup, env, worktrees, checks, limits, retries, budgets, prices, models, policy, finalize",
      ]
    `);
  });

  it('says what stands where and how to go on when the version is missing', () => {
    const merged = merge({ project: 'setup: npm ci\n' });
    expect(merged).toEqual({
      ok: false,
      errors: [
        {
          code: 'config_missing',
          message: 'version is missing',
          place: { file: projectPath, line: 1, column: 1, field: 'version' },
          details: [],
          next: ['add the line  version: 1'],
        },
      ],
    });
  });

  it.each([
    ['a form that YAML refuses', 'version: 1\nchecks: [\n', '3:1 config_syntax'],
    ['a key that stands twice', 'version: 1\nsetup: a\nsetup: b\n', '3:1 config_syntax'],
    ['an unknown tag', 'version: 1\nsetup: !run a\n', '2:8 config_syntax'],
    ['an alias without anchor', 'version: 1\nsetup: *a\n', '1:1 config_syntax'],
    ['a list instead of settings', '- version: 1\n', '1:1 config_wrong_value'],
    ['text instead of settings', 'hello\n', '1:1 config_wrong_value'],
    ['settings of a set-up that do not fit', 'version: 1\nsetup: { comand: x }\n', '2:8 config_missing'],
    [
      'two checks of one name',
      'version: 1\nchecks: [{name: a, command: x}, {name: a, command: y}]\n',
      '2:9 config_wrong',
    ],
    ['an empty command', "version: 1\nsetup: ''\n", '2:8 config_wrong_value'],
    ['no agents', 'version: 1\nlimits: { parallelAgents: 0 }\n', '2:27 config_wrong_value'],
    [
      'a pattern that is none',
      "version: 1\nchecks: [{ name: a, command: x, failures: '(' }]\n",
      '2:43 config_wrong',
    ],
    ['no stage at all', 'version: 1\nchecks: [{ name: a, command: x, at: [] }]\n', '2:37 config_wrong_value'],
    ['a mapping for text', 'version: 1\nagents: { default: { a: b } }\n', '2:20 config_wrong_value'],
    ['a list for text', 'version: 1\nagents: { default: [a] }\n', '2:20 config_wrong_value'],
    ['an agent without a kind', 'version: 1\nagents: { a: {} }\n', '2:14 config_missing agents.a.kind'],
    ['long text in the wrong place', `version: 1\nfinalize: ${'x'.repeat(99)}\n`, 'not "xxxxxxxxxxxxxx'],
    [
      'an unknown key of a check',
      'version: 1\nchecks: [{ name: a, command: x, zzz: 1 }]\n',
      'known here: name, command',
    ],
    [
      'an unknown key of a set-up',
      'version: 1\nsetup: { command: x, timeot: 1m }\n',
      'did you mean timeout?',
    ],
    [
      'a variable that cannot be one',
      'version: 1\nagents: { a: { kind: command, command: [x], env: ["A B"] } }\n',
      'must be the name',
    ],
    ['too many agents', 'version: 1\nlimits: { parallelAgents: 65 }\n', '2:27 config_wrong_value'],
  ])('refuses %s', (_name, project, expected) => {
    expect(mistakes({ project })[0]).toContain(expected);
  });

  it('takes a pattern that is one', () => {
    const { config } = valid({
      project: "version: 1\nchecks: [{ name: a, command: x, failures: '^FAIL (.*)$' }]\n",
    });
    expect(config.checks[0]?.failures).toBe('^FAIL (.*)$');
  });

  it('refuses aliases that multiply without end', () => {
    const lines = ['version: 1', 'a0: &a0 [x]'];
    for (let i = 1; i < 10; i++) lines.push(`a${i}: &a${i} [${`*a${i - 1}, `.repeat(9)}]`);
    expect(mistakes({ project: lines.join('\n') })[0]).toContain('config_syntax');
  });

  it('takes an agent CLI by its name alone, unless the name is defined', () => {
    const { config } = valid({ project: 'version: 1\nagents: { default: codex }\n' });
    expect(config.agents).toEqual({ default: 'codex', definitions: {} });
    expect(agentNamed('codex', {})).toMatchObject({ kind: 'codex', command: ['codex'], args: [] });
    const own = valid({ project: 'version: 1\nagents: { claude: { kind: claude, args: [--betas, x] } }\n' });
    const { definitions } = own.config.agents;
    expect(agentNamed('claude', definitions)).toMatchObject({ kind: 'claude', args: ['--betas', 'x'] });
    expect([agentNamed('nobody', definitions), agentNamed('constructor', {})]).toEqual([null, null]);
    expect(mistakes({ project: 'version: 1\nagents: { default: claud }\n' })[0]).toContain(
      'did you mean claude?',
    );
  });

  it('knows the variables that an agent CLI needs, unless others are named', () => {
    expect(BUILT_IN_AGENTS['claude']).toMatchObject({ env: expect.arrayContaining(['ANTHROPIC_API_KEY']) });
    const { config } = valid({ project: 'version: 1\nagents: { mine: { kind: codex, env: [MY_KEY] } }\n' });
    expect(config.agents.definitions['mine']).toMatchObject({ command: ['codex'], env: ['MY_KEY'] });
  });

  it('refuses a default agent that is not defined, naming those that are', () => {
    expect(
      mistakes({
        user: 'version: 1\nagents: { claude: { kind: command, command: [claude, -p] } }\n',
        project: 'version: 1\nagents:\n  default: cluade\n',
      }),
    ).toEqual([
      '3:12 config_unknown_agent agents.default names "cluade", which is not defined; did you mean claude?',
    ]);
    expect(mistakes({ project: 'version: 1\nagents: { default: x }\n' })[0]).toContain('no agent is defined');
    expect(
      mistakes({ project: 'version: 1\nagents: { default: x, other: { kind: scripted, script: s } }\n' })[0],
    ).toContain('defined: other');
  });

  it('refuses a limit of the machine in the project', () => {
    expect(mistakes({ project: 'version: 1\nlimits: { machineAgents: 2 }\n' })).toEqual([
      '2:26 config_user_only limits.machineAgents is about the whole machine: it may only stand in the user file',
    ]);
  });

  it('refuses to stop an agent before it is warned', () => {
    expect(mistakes({ project: 'version: 1\nlimits: { idleStop: 5m }\n' })).toEqual([
      '2:21 config_wrong_value limits.idleStop (5m) is shorter than limits.idleWarning (10m): nobody would be warned',
    ]);
    expect(mistakes({ user: 'version: 1\nlimits: { idleWarning: 2h }\n' })[0]).toContain(
      '2:24 config_wrong_value',
    );
  });

  it('refuses a command that would never see its prompt', () => {
    const agents = (definition: string): string[] =>
      mistakes({ project: `version: 1\nagents: { a: ${definition} }\n` });
    expect(agents('{ kind: command, command: [x], prompt: argument }')).toEqual([
      '2:40 config_wrong_value agents.a.command has no {prompt}, so the agent would never see its prompt',
    ]);
    expect(agents('{ kind: command, command: [x, "{prompt}"], prompt: file }')[0]).toContain('{promptFile}');
    expect(agents('{ kind: command, command: [x, "--file={promptFile}"], prompt: file }')).toEqual([]);
    expect(agents('{ kind: command, command: [x] }')).toEqual([]);
  });
});

describe('who does what', () => {
  const agents = 'agents: { default: codex, mine: { kind: scripted, script: s.yaml } }';

  it("lays the project's over the user's, name by name; the fall-backs are one field", () => {
    const { config, origins, placeOf } = valid({
      user: [
        'version: 1',
        agents,
        'routing:',
        '  models: { gpt-*: codex, opus: claude }',
        '  tags: { ui: { agent: mine } }',
        '  fallback: [{ agent: mine }]',
        '  reviewersDiffer: true',
      ].join('\n'),
      project: [
        'version: 1',
        'routing:',
        '  models: { opus: mine }',
        '  phases: { 2: { agent: claude, model: opus }, 1.5: { model: haiku } }',
        '  fallback: [{ agent: claude, model: haiku }, { agent: codex }]',
      ].join('\n'),
    });
    expect(config.routing).toEqual({
      models: { 'gpt-*': 'codex', opus: 'mine' },
      phases: { '2': { agent: 'claude', model: 'opus' }, '1.5': { agent: null, model: 'haiku' } },
      tags: { ui: { agent: 'mine', model: null } },
      fallback: [
        { agent: 'claude', model: 'haiku' },
        { agent: 'codex', model: null },
      ],
      reviewersDiffer: true,
    });
    expect(origins).toMatchObject({
      'routing.models.opus': 'project',
      'routing.models.gpt-*': 'user',
      'routing.tags.ui': 'user',
      'routing.phases.2': 'project',
      'routing.fallback': 'project',
      'routing.reviewersDiffer': 'user',
    });
    expect(placeOf(['routing', 'reviewersDiffer'])).toMatchObject({ file: userPath, line: 7, column: 20 });
    expect(placeOf(['routing', 'fallback'])).toMatchObject({ file: projectPath, line: 5 });
    expect(placeOf(['policy'])).toBeNull();
  });

  it('G31 refuses agents that are not there, wherever they are named', () => {
    const project = [
      'version: 1',
      agents,
      'roles: { planner: { agent: claud } }',
      'routing:',
      '  models: { opus: nobody }',
      '  phases: { 2: { agent: mime } }',
      '  tags: { ui: { agent: toString } }',
      '  fallback: [{ agent: mine }, { agent: gpt }]',
    ].join('\n');
    expect(mistakes({ project })).toEqual([
      '3:28 config_unknown_agent roles.planner.agent names "claud", which is not defined; did you mean claude?',
      '5:19 config_unknown_agent routing.models.opus names "nobody", which is not defined; defined: mine',
      '6:25 config_unknown_agent routing.phases.2.agent names "mime", which is not defined; did you mean mine?',
      '7:24 config_unknown_agent routing.tags.ui.agent names "toString", which is not defined; defined: mine',
      '8:40 config_unknown_agent routing.fallback[1].agent names "gpt", which is not defined; defined: mine',
    ]);
  });

  it('G31 refuses nonsense with its place, and says where an older setting went', () => {
    const project = [
      'version: 1',
      'models: { roles: { planner: opus } }',
      'roles: { planner: opus, reviewer: {}, resolver: { agent: claude, modle: x } }',
      'routing:',
      '  models: { a*b: claude }',
      '  phases: { two: { model: x } }',
      '  tags: { A b: { model: x } }',
      '  fallback: [{ model: x }, claude]',
      '  reviewersDiffer: often',
    ].join('\n');
    expect(mistakes({ project })).toMatchInlineSnapshot(`
      [
        "2:11 config_unknown_key models.roles is not a setting any more",
        "3:19 config_wrong_value roles.planner must be a mapping (key: value), not "opus"",
        "3:35 config_wrong_value roles.reviewer must name an agent, a model, or both",
        "3:66 config_unknown_key roles.resolver.modle is not a setting; did you mean model?",
        "5:18 config_wrong_value routing.models.a*b must be a model, or its beginning with one * at the end",
        "6:18 config_wrong_value routing.phases.two must be the number of a phase, such as 2 or 1.5",
        "7:16 config_wrong_value routing.tags.A b must be lower-case letters, digits and dashes",
        "8:14 config_missing routing.fallback[0].agent is missing",
        "8:28 config_wrong_value routing.fallback[1] must be a mapping (key: value), not "claude"",
        "9:20 config_wrong_value routing.reviewersDiffer must be true or false, not "often"",
      ]
    `);
    const merged = merge({ project: 'version: 1\nmodels: { roles: { planner: opus } }\n' });
    expect(merged.ok ? [] : merged.errors[0]?.next).toEqual([
      expect.stringContaining('planner: { model: opus }'),
    ]);
  });
});

describe('budgets and prices', () => {
  it("lays the project's over the user's, limit by limit and model by model", () => {
    const { config, origins } = valid({
      user: 'version: 1\nbudgets: { run: { cost: 40, tokens: 20M }, warnAt: 50% }\nprices: { a: { input: 1, output: 2 } }',
      project: [
        'version: 1',
        'budgets: { run: { cost: $5 }, attempt: { wall: 2h, turns: 6 } }',
        'prices: { b: { input: 0, output: 0.5, cacheRead: 0.1, cacheWrite: 0 } }',
        'retries: { overload: { first: 1s, times: 2 } }',
      ].join('\n'),
    });
    expect(config.budgets).toEqual({
      attempt: { wall: 7_200_000, turns: 6 },
      phase: {},
      run: { cost: 5, tokens: 20_000_000 },
      warnAt: 0.5,
    });
    expect(config.prices).toEqual({
      a: { input: 1, output: 2, cacheRead: null, cacheWrite: null },
      b: { input: 0, output: 0.5, cacheRead: 0.1, cacheWrite: 0 },
    });
    expect(config.retries.overload).toEqual({ firstMs: 1_000, factor: 3, capMs: 600_000, times: 2 });
    expect([origins['budgets.run.cost'], origins['budgets.run.tokens'], origins['prices.a']]).toEqual([
      'project',
      'user',
      'user',
    ]);
  });

  it('G31 refuses nonsense with its place', () => {
    const user = [
      'version: 1',
      'prices:',
      '  m: { input: -1, output: .inf, cacheRead: free }',
      '  n: { input: 1, cache: 2 }',
      '  o: { input: 1, output: 20000 }',
      'budgets:',
      '  run: { cost: lots, wall: 30, tokens: [1], turn: 4 }',
      '  warnAt: 120%',
    ].join('\n');
    expect(mistakes({ user })).toMatchInlineSnapshot(`
      [
        "3:15 config_wrong_value prices.m.input must be at least 0",
        "3:27 config_wrong_value prices.m.output must be a number, not null",
        "3:44 config_wrong_value prices.m.cacheRead must be a number, not "free"",
        "4:6 config_missing prices.n.output is missing",
        "4:18 config_unknown_key prices.n.cache is not a setting; known here: input, output, cacheRead, cacheWrite",
        "5:26 config_wrong_value prices.o.output must be at most 10000",
        "7:16 config_wrong_value budgets.run.cost must be US dollars such as 5 or 2.50",
        "7:28 config_wrong_value budgets.run.wall must be a duration such as 30s, 10m or 1h30m",
        "7:40 config_wrong_value budgets.run.tokens must be a number or text, not a list",
        "7:45 config_unknown_key budgets.run.turn is not a setting; did you mean turns?",
        "8:11 config_wrong_value budgets.warnAt must be a part of the budget such as 80%",
      ]
    `);
  });
});
