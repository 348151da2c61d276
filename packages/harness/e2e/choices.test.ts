import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { RunView, TaskDetailView } from '@tina/contract';
import { eventsOf, firstAttemptOf, runOf, Sandbox, start, taskOf } from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

const DESIGN = `# A sample design

## Success Metrics

**Goal:** a.txt says done.
**Baseline command:** \`echo measured; test -e README.md\`
**Progress command:** \`grep -c done a.txt\`

## Architectural Context

Everything is a text file, and stays one.

## Phase 1: Only

Write a.txt.
`;

/** A program that knows nothing of Tina but `tina report`. */
const AGENT = `role=$1 model=$2
case $role in
  validator) tina report validation --status pass --text sound ;;
  planner)
    cat >"$TINA_OUT/plan.md" <<EOF
# Phase 1 plan: Only

**Baseline commit:** $(git rev-parse HEAD)

### Task 1: Write a.txt

**Files:** \\\`a.txt\\\`
**Review:** spec+quality
**Acceptance:** a.txt says done
EOF
    tina report plan --file "$TINA_OUT/plan.md" ;;
  implementer)
    echo "done with $model" >a.txt
    git add a.txt && git commit --quiet --message "Write a.txt"
    tina report work --summary done ;;
  reviewer) tina report review --verdict pass --summary good ;;
  *) tina report error --reason "nobody asked for a $role" ;;
esac
`;

const PROJECT_CONFIG = `version: 1
agents: { default: scripted, scripted: { kind: scripted, script: script.yaml } }
`;

const USER_CONFIG = `version: 1
agents:
  mine: { kind: command, command: [sh, agent.sh, "{role}", "{model}"], versionCommand: [echo, mine 7] }
`;

/** A run of the design with another agent, model and policy than the configuration's, where there is no TINA_HOME. */
async function playWithChoices(): Promise<RunView> {
  // The scripted agent would fail: its script says nothing of planners.
  const files = { 'agent.sh': AGENT, '.tina/config.yaml': PROJECT_CONFIG };
  sandbox = await Sandbox.create({ config: null, files, usesXdg: true });
  const config = join(sandbox.home, 'xdg-config/tina');
  await mkdir(config, { recursive: true });
  await writeFile(join(config, 'config.yaml'), USER_CONFIG);
  await start(sandbox, DESIGN, '--agent', 'mine', '--model', 'turbo', '--policy', 'fast');
  const active = await sandbox.json<readonly RunView[]>('runs', '--active');
  expect(active.map(({ feature }) => feature)).toEqual(['sample']);
  expect(await sandbox.wait('sample')).toBe(0);
  return runOf(sandbox);
}

const attemptsOf = ({ allAttempts }: TaskDetailView): readonly (readonly unknown[])[] =>
  allAttempts.map(({ role, agent, model, agentVersion, status }) => [
    role,
    agent,
    model,
    agentVersion,
    status,
  ]);

/** The first prompt of a task's only attempt. */
async function toldTo(task: string): Promise<string> {
  const { id } = await firstAttemptOf(sandbox, task);
  return readFile(join(sandbox.home, 'xdg-state/tina/attempts', id, 'prompt.md'), 'utf8');
}

test('G27 what is chosen when a run is started decides its agent, its model, its reviews and where its state is; the design decides what is measured', async () => {
  const run = await playWithChoices();
  expect(run.status).toBe('complete');
  // --agent, --model, and a whole run with a program that Tina knows nothing of.
  expect(await sandbox.git('show', 'main:a.txt')).toBe('done with turbo');
  const roles = { 'validate-design': 'validator', 'plan-phase-1': 'planner', 'review-phase-1': 'reviewer' };
  for (const [task, role] of Object.entries(roles)) {
    expect(attemptsOf(await taskOf(sandbox, task))).toEqual([[role, 'mine', 'turbo', 'mine 7', 'succeeded']]);
  }
  // --policy fast: the plan asks for both reviews, and there is none.
  expect(attemptsOf(await taskOf(sandbox, 'phase-1-task-1'))).toEqual([
    ['implementer', 'mine', 'turbo', 'mine 7', 'succeeded'],
  ]);

  // The design's own measure is taken on the base, before anything is done.
  const [baseline] = (await eventsOf(sandbox)).filter(({ type }) => type === 'checks.recorded');
  expect(baseline?.data).toMatchObject({
    commit: await sandbox.git('rev-parse', 'main~1'),
    checks: [{ name: 'baseline-command', outcome: 'passed', outputTail: 'measured\n' }],
  });
  // What it says of its architecture and its success is told to those who need it.
  expect(await toldTo('phase-1-task-1')).toContain('## Architectural context\n\nEverything is a text file');
  const review = await toldTo('review-phase-1');
  expect(review).toContain('Goal: a.txt says done.');
  expect(review).toContain('Progress is measured by `grep -c done a.txt`.');

  // runs --active: not any more.
  expect(await sandbox.json('runs', '--active')).toEqual([]);
  expect(await sandbox.json<readonly RunView[]>('runs')).toHaveLength(1);

  // Without TINA_HOME, everything is where XDG says, and nowhere else.
  expect(await readdir(sandbox.home)).toEqual(['xdg-config', 'xdg-state']);
  expect(await readdir(join(sandbox.home, 'xdg-state'))).toEqual(['tina']);
  expect(await readdir(join(sandbox.home, 'xdg-state/tina'))).toContain('tina.db');
  expect(await readdir(join(sandbox.path, 'user'))).toEqual([]);
});

/** What a shell with the completion proposes for a line, whose last word is the one under the cursor. */
async function proposed(...words: readonly string[]): Promise<readonly string[]> {
  const line = ['tina', ...words];
  const script = [
    'source <(tina completion bash)',
    `COMP_WORDS=(${line.map((word) => `'${word}'`).join(' ')}) COMP_CWORD=${words.length}`,
    // As bash does it: with the function that is registered for the program.
    '$(complete -p tina | sed "s/.*-F \\([^ ]*\\) .*/\\1/") tina',
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ];
  const { code, stdout, stderr } = await sandbox.begin('bash', ['-c', script.join('\n')]).ended;
  expect([code, stderr]).toEqual([0, '']);
  return stdout.trim().split('\n');
}

test('G27 the completion proposes commands, flags, runs and tasks to a shell', async () => {
  sandbox = await Sandbox.create({ script: 'version: 1\nentries: []\n' });
  expect(await proposed('orch')).toEqual(['orchestrate']);
  expect(await proposed('orchestrate', '--pol')).toEqual(['--policy']);
  expect(await proposed('completion', 'z')).toEqual(['zsh']);
  expect(await proposed('orchestrate', 'READ'), 'files, where Tina has nothing to propose').toEqual([
    'README.md',
  ]);
  // Its planner fails: the script says nothing of it.
  const { runId } = await start(sandbox, DESIGN);
  expect(await proposed('status', 'sam')).toEqual(['sample']);
  expect(await proposed('status', runId.slice(0, 4))).toEqual([runId]);
  for (const shell of ['zsh', 'fish']) {
    const { code, stdout } = await sandbox.tina('completion', shell);
    expect(code).toBe(0);
    expect(stdout).toContain('tina __complete');
  }
});
