import { type JobOutcome, type Role, ROLES } from '@tina/domain';
import { describe, expect, it } from 'vitest';
import { type FakeTurn, failedTurn, gaps, usualReport } from '../testing/fake-node.test-support.ts';
import { checkResult, planOf, TWO_PHASES } from '../testing/fake-work.test-support.ts';
import { type Home, newKey, openHome } from '../testing/home.test-support.ts';
import { fillTemplate } from './template.ts';

interface Prompted {
  readonly role: Role;
  readonly task: string;
  readonly prompt: string;
}

/** Goes through a run and keeps the first prompt of each attempt. */
function keepPrompts(
  home: Home,
  said: (turn: FakeTurn) => ReturnType<typeof usualReport> | null = () => null,
): Prompted[] {
  const prompts: Prompted[] = [];
  home.node.script.turn = (turn) => {
    const task = turn.assignment.agent?.subject.taskName ?? '';
    if (turn.turn === 1) prompts.push({ role: turn.job.role, task, prompt: turn.message });
    const own = said(turn);
    if (own) return own;
    const phase = turn.assignment.agent?.subject.phase ?? '';
    if (turn.job.role !== 'planner') return usualReport(turn);
    const markdown = planOf({ phase, baseline: turn.job.startCommit, review: 'spec+quality' });
    return { kind: 'plan', markdown };
  };
  return prompts;
}

function conflictOnce(): (assignment: { readonly job: { readonly kind: string } }) => JobOutcome | undefined {
  let isDone = false;
  return ({ job }) => {
    if (job.kind !== 'merge' || isDone) return undefined;
    isDone = true;
    return { kind: 'merge', result: { kind: 'conflict', tip: 'e'.repeat(40), files: ['src/part-1.ts'] } };
  };
}

/** The prompts of a run in which every role has its turn. */
async function everyRole(
  design = TWO_PHASES,
): Promise<{ home: Home; run: string; prompts: readonly Prompted[] }> {
  const home = await openHome();
  home.machine.facts.projectConfig += 'checks:\n  - { name: unit, command: npm test }\n';
  const prompts = keepPrompts(home);
  home.node.script.job = conflictOnce();
  const run = await home.startRun({ finalize: 'keep', designText: design });
  await home.node.work();
  return { home, run, prompts };
}

function promptOf(prompts: readonly Prompted[], role: Role, task?: string): string {
  const found = prompts.find((each) => each.role === role && (task === undefined || each.task === task));
  if (!found) throw new Error(`there is no prompt of a ${role}`);
  return found.prompt;
}

describe('a prompt', () => {
  it('asks for tags where the configuration routes some', async () => {
    const home = await openHome();
    home.machine.facts.projectConfig =
      'version: 1\nagents: { default: codex }\nrouting: { tags: { ui: { agent: codex }, slow: { model: big } } }\n';
    const prompts = keepPrompts(home);
    await home.startRun({ finalize: 'keep' });
    await home.node.work();
    const planner = promptOf(prompts, 'planner');
    expect(planner).toContain(
      '**Model:** <big>\n**Tags:** <none, or what fits the task of: ui, slow>\n**Files:**',
    );
    const other = await everyRole();
    expect(promptOf(other.prompts, 'planner')).not.toContain('**Tags:**');
  });

  it('holds what its role needs to know, and no placeholder', async () => {
    const { home, run, prompts } = await everyRole();
    const { branch, tip } = await home.state(run);
    const facts: Readonly<Record<Role, readonly (string | RegExp)[]>> = {
      validator: [
        run,
        '## Phase 1: Storage',
        '- unit: passed',
        'VALIDATION_STATUS: Pass',
        'tina report validation',
      ],
      planner: [
        `(the tip of\n\`${branch}\`)`,
        '**Baseline commit:** bbbbbbb',
        'haiku | sonnet | opus',
        'At most 20 of them',
        'to 1000 lines for each task',
        'Books can be kept.',
        '## The whole design',
        'plan-phase-1 complete. PLAN_PATH: <path>',
      ],
      implementer: [
        /^# phase-1-task-1: Part 1\n/,
        /`tina-attempt\/r\S+-a\d+`/,
        'Change only these files: `src/part-1.ts`.',
        '- part 1 is there',
        'Write part 1.',
        'looks at your commits: unit.',
        '## Where it belongs: phase 1 of the design\n\nStorage\n\nBooks can be kept.',
        'Everything lies in `src/`.',
        'tina report work --summary',
      ],
      'spec-reviewer': ['- part 1 is there', /`b{40}\.\.0+\w+`/, 'Write part 1.', 'tina report review'],
      'quality-reviewer': [/`b{40}\.\.0+\w+`/, 'Write part 1.', 'review-1 complete (pass)'],
      reviewer: [
        /`b{40}\.\.0+\w+`/,
        'Books can be kept.',
        '### Task 2: Part 2',
        '## The checks on its result\n\n- unit: passed',
        '## The whole design',
        '## Architectural Context\n\nEverything lies in `src/`.',
      ],
      resolver: [
        'stopped at conflicts in: src/part-1.ts.',
        'e'.repeat(40),
        'Write part 1.',
        'checks itself afterwards: unit.',
        /Compared with `e{40}`, your commit may differ in these files alone: `src\/part-1\.ts`, `src\/part-1\.ts\/`\./,
      ],
    };
    for (const role of ROLES) {
      const prompt = promptOf(prompts, role);
      for (const fact of facts[role]) expect(prompt).toMatch(fact instanceof RegExp ? fact : literal(fact));
      expect(prompt).not.toContain('{{');
      expect(prompt).not.toContain('undefined');
      expect(prompt).not.toMatch(/\n{3,}/);
      expect(prompt).toMatch(/\n## When you are done\n[^]*tina report error --reason "\.\.\."`\.\n$/);
      expect(prompt).toMatch(/\S\n$/);
    }
    expect(tip).not.toBeNull();
  });

  it('keeps texts of others as they are, whatever they look like', async () => {
    const odd =
      "Say `$&`, $1, $$ and $' literally. {{feature}} is {{nothing}}.\n\n\n\n    indented, after blank lines\n\n---\n\nEnd.";
    const { prompts } = await everyRole(`# Odd\n\n## Phase 1: Odd {{phase}}\n\n${odd}\n`);
    for (const role of ['validator', 'planner', 'implementer', 'reviewer'] as const) {
      expect(promptOf(prompts, role)).toContain(odd);
      expect(promptOf(prompts, role)).toContain('Odd {{phase}}');
    }
  });

  it('leaves out a section that would be empty', async () => {
    const { prompts } = await everyRole('## Phase 1: A\n\nx\n');
    expect(promptOf(prompts, 'implementer')).not.toContain('Architectural context');
    const home = await openHome();
    const without = keepPrompts(home, (turn) => {
      const markdown = planOf({ phase: '1', baseline: turn.job.startCommit }).replaceAll(
        /Write part \d\.\n/g,
        '',
      );
      return turn.job.role === 'planner' ? { kind: 'plan', markdown } : null;
    });
    await home.startRun();
    await home.node.work();
    expect(promptOf(without, 'implementer')).not.toContain('## What to do');
    expect(promptOf(without, 'implementer')).toContain(
      '## Acceptance\n\n- part 1 is there\n\n## Where it belongs',
    );
    expect(promptOf(without, 'validator')).not.toContain('The checks on the base commit');
    expect(promptOf(without, 'reviewer')).toContain('No checks are configured.');
    expect(promptOf(without, 'implementer')).toContain('looks at your commits: none are configured.');
  });

  it('cannot be made from a template that names something else', () => {
    expect(() => fillTemplate('validator', { runId: 'r1' })).toThrow('{{feature}}, which has no value');
  });
});

function literal(text: string): RegExp {
  return new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
}

describe('G18 open findings', () => {
  it('reach the planner of the remediation, all of them and no others, and its reviewer to judge', async () => {
    const home = await openHome();
    home.machine.facts.projectConfig += 'checks:\n  - { name: unit, command: npm test }\n';
    const prompts = keepPrompts(home, (turn) => {
      const { phase } = turn.assignment.agent?.subject ?? {};
      return turn.job.role === 'reviewer' && phase === '1' ? gaps(turn, 'no index', 'no test') : null;
    });
    let runs = 0;
    home.node.script.job = ({ job }) => {
      if (job.kind !== 'run-checks') return undefined;
      runs += 1;
      // The first time is the baseline; then phase 1 breaks the check, and phase 1.5 mends it.
      return { kind: 'run-checks', checks: [checkResult('unit', runs === 2 ? 'failed' : 'passed')] };
    };
    const run = await home.startRun();
    await home.node.work();
    const { findings } = await home.call('run.get', { run });
    expect(findings.map((finding) => finding.source)).toEqual(['check', 'review', 'review']);

    const reviewer = promptOf(prompts, 'reviewer', 'review-phase-1');
    expect(reviewer).toContain('## The checks on its result\n\n- unit: failed');
    expect(reviewer).toMatch(/Found by checks, and closed by them alone:\n\n- r\S+-f1, blocker: /);

    const planner = promptOf(prompts, 'planner', 'plan-phase-1.5');
    expect(planner).toContain(
      'closes the gaps that the review of phase 1 found. Plan exactly this, and nothing else:',
    );
    expect(planner.match(/^- \S+-f\d+, /gm)).toHaveLength(3);
    for (const { id, severity, message } of findings) {
      expect(planner).toContain(`- ${id}, ${severity}: ${message}`);
    }
    expect(planner).toContain('Books can be kept.');
    expect(promptOf(prompts, 'planner', 'plan-phase-2')).not.toContain('no index');

    const second = promptOf(prompts, 'reviewer', 'review-phase-1.5');
    expect(second).toContain('Phase 1.5 closes gaps of phase 1. Look whether the findings below are closed');
    const toJudge = second.slice(second.indexOf('## Open findings: judge each of them'));
    expect(toJudge.match(/^- \S+-f\d+, major: no (index|test) \(src\/part-1\.ts:3\)$/gm)).toHaveLength(2);
    expect(toJudge).not.toContain('Found by checks');
  });

  it('of a task reach its next implementer to close, and then its reviewer to judge', async () => {
    const home = await openHome();
    const prompts = keepPrompts(home, (turn) => {
      const { taskName, roleAttempt } = turn.assignment.agent?.subject ?? {};
      const isFirst = turn.job.role === 'spec-reviewer' && taskName === 'phase-1-task-1' && roleAttempt === 1;
      return isFirst ? gaps(turn, 'part 1 is half done') : null;
    });
    await home.startRun();
    await home.node.work();
    const [, again] = prompts.filter((each) => each.role === 'implementer' && each.task === 'phase-1-task-1');
    expect(again?.prompt).toMatch(
      /## Findings to close\n\n- \S+-f1, major: part 1 is half done \(src\/part-1\.ts:3\)/,
    );
    const [, review] = prompts.filter(
      (each) => each.role === 'spec-reviewer' && each.task === 'phase-1-task-1',
    );
    expect(review?.prompt).toContain('## Open findings: judge each of them');
    expect(promptOf(prompts, 'quality-reviewer')).not.toContain('half done');
  });
});

describe('the attempt before', () => {
  it.each<[role: Role, task: string]>([
    ['validator', 'validate-design'],
    ['planner', 'plan-phase-1'],
    ['implementer', 'phase-1-task-1'],
    ['spec-reviewer', 'phase-1-task-1'],
    ['quality-reviewer', 'phase-1-task-1'],
    ['reviewer', 'review-phase-1'],
    ['resolver', 'phase-1-task-1'],
  ])('of a %s: the next one is told its fate, its reason and where its work is kept', async (role, task) => {
    const home = await openHome();
    let isFirst = true;
    const prompts = keepPrompts(home);
    const { turn: usual } = home.node.script;
    home.node.script.turn = (turn) => {
      const said = usual?.(turn) ?? null;
      const fails = isFirst && turn.job.role === role && turn.assignment.agent?.subject.taskName === task;
      if (fails) isFirst = false;
      return fails ? failedTurn('refusal') : said;
    };
    const conflict = conflictOnce();
    home.node.script.job = (assignment) => {
      if (assignment.job.kind !== 'settle-attempt')
        return role === 'resolver' ? conflict(assignment) : undefined;
      return {
        kind: 'settle-attempt',
        headCommit: null,
        rescueRef: `refs/tina/attempts/${assignment.job.attemptId}`,
      };
    };
    home.machine.facts.projectConfig += 'retries: { backoff: 1s }\n';
    await home.startRun();
    await home.node.work();
    home.clock.advance(1_001);
    home.controlPlane.start();
    await expect.poll(() => home.store.nextTimerAt()).toBeNull();
    await home.node.work();
    const [first, second] = prompts.filter((each) => each.role === role && each.task === task);
    expect(first?.prompt).not.toContain('## The attempt before this one');
    expect(second?.prompt).toMatch(
      /## The attempt before this one\n\nAttempt \d was failed: it ended with refusal\. Its work is kept under `refs\/tina\/attempts\/\S+`; look at it/,
    );
  });
});

describe('the base commit', () => {
  it('is described to the validator by its checks, with the output of those that fail', async () => {
    const home = await openHome();
    home.machine.facts.projectConfig += 'checks:\n  - { name: unit, command: npm test }\n';
    home.node.script.job = ({ job }) =>
      job.kind === 'run-checks'
        ? { kind: 'run-checks', checks: [checkResult('unit', 'timed_out')] }
        : undefined;
    const prompts = keepPrompts(home);
    await home.startRun();
    await home.node.work();
    expect(promptOf(prompts, 'validator')).toContain(
      '## The checks on the base commit\n\n- unit: timed out\n\nThe end of the output of unit:\n\nunit ran',
    );
  });
});

describe('a gate that was answered with no', () => {
  it('tells the next planner what the person wants', async () => {
    const home = await openHome();
    const prompts = keepPrompts(home);
    const run = await home.startRun({ preset: 'strict' });
    await home.node.work();
    const [gate] = await home.call('gate.list', { run });
    await home.call('gate.reject', {
      gate: gate?.id ?? '',
      comment: 'Two tasks, not $1.',
      idempotencyKey: newKey(),
    });
    await home.node.work();
    const [, again] = prompts.filter((each) => each.task === 'plan-phase-1');
    expect(again?.prompt).toContain(
      '## What the person who read the last plan wants\n\nTwo tasks, not $1.\n\n',
    );
  });
});
