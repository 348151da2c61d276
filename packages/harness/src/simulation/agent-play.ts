import type { Launch } from '@tina/contract';
import { type Report, type ReportedFinding, type TurnError, type TurnOutcome, usageOf } from '@tina/domain';
import type { Kernel } from './kernel.ts';
import type { Part } from './part.ts';
import type { Random } from './random.ts';
import type { Checkout } from './repository.ts';
import type { PlayTurn } from './simulated-host.ts';
import type { SimulatedMachine } from './simulated-machine.ts';

export interface AgentPlay {
  readonly kernel: Kernel;
  readonly machine: SimulatedMachine;
  readonly random: Random;
  /** How often of a thousand turns an agent goes wrong. */
  readonly wildness: number;
  /** The most tasks that a plan has. */
  readonly tasks: number;
  /** Hands a report over by `tina report`; false when nobody took it. */
  readonly report: (launch: Launch, agent: Part, report: Report) => Promise<boolean>;
  readonly wallClock: () => number;
}

/** What the agents of a simulated world do, by chance: mostly their work. */
export function agentPlay(play: AgentPlay): PlayTurn {
  const { kernel, random } = play;
  return ({ launch, agent, done }) => {
    const isWild = random.permille(play.wildness);
    const workMs = random.between(20, 7_000);
    kernel.after(agent, workMs, 'works', () => {
      if (isWild && goWrong(play, launch, agent, done)) return;
      const said = doWork(play, launch);
      kernel.after(agent, random.between(0, 2_000), 'reports', () => {
        if (random.permille(500)) return done(completed(said));
        void play.report(launch, agent, said).then((isTaken) => {
          kernel.after(agent, random.between(0, 500), 'ends its turn', () =>
            done(completed(isTaken ? null : said)),
          );
        });
      });
    });
  };
}

/** What every turn tells that goes well; of one that does not, nothing is known. */
const USAGE = usageOf({
  inputTokens: 300,
  outputTokens: 100,
  cacheReadTokens: 90,
  cacheWriteTokens: 10,
  costUsd: 0.01,
});

function completed(report: Report | null): TurnOutcome {
  return { kind: 'completed', report, finalMessage: 'That is all.', usage: USAGE };
}

function failedTurn(kind: TurnError['kind'], resetAt: number | null = null): TurnOutcome {
  return { kind: 'failed', error: { kind, message: `It was ${kind}.`, resetAt }, usage: null };
}

/** False when the agent does its work all the same. */
function goWrong(
  { machine, random, wallClock }: AgentPlay,
  launch: Launch,
  agent: Part,
  done: (outcome: TurnOutcome) => void,
): boolean {
  const checkout = machine.repository.checkouts.get(launch.worktree);
  switch (random.below(9)) {
    case 0:
      agent.kill();
      return true;
    case 1:
      // It hangs: nothing more is heard of it.
      return true;
    case 2:
      done(failedTurn('limit', random.permille(500) ? wallClock() + random.between(1_000, 60_000) : null));
      return true;
    case 3:
      done(failedTurn(random.pick(['crash', 'overload', 'network', 'bad_output', 'refusal'])));
      return true;
    case 4:
      done({ kind: 'completed', report: null, finalMessage: 'Lorem ipsum.', usage: null });
      return true;
    case 5:
      // It claims what it has not done.
      done(completed({ kind: 'work', summary: 'All is done.' }));
      return true;
    case 6:
      done(completed({ kind: 'error', reason: 'It cannot be done.' }));
      return true;
    case 7:
      if (checkout) checkout.files.set('left-behind.txt', 'not committed');
      return false;
    default:
      if (checkout) commitFile({ machine, checkout }, `outside/${launch.attemptId}.ts`, 'out of scope');
      return false;
  }
}

function doWork(play: AgentPlay, launch: Launch): Report {
  const { random, machine } = play;
  const { openFindings, phase } = launch.subject;
  switch (launch.role) {
    case 'validator':
      return { kind: 'validation', status: random.permille(900) ? 'pass' : 'warning', text: 'The design.' };
    case 'planner':
      return { kind: 'plan', markdown: plan(play, launch) };
    case 'implementer':
    case 'resolver': {
      const checkout = machine.repository.checkouts.get(launch.worktree);
      if (checkout) implement(play, launch, checkout);
      return { kind: 'work', summary: `Did ${launch.subject.taskName}.` };
    }
    case 'spec-reviewer':
    case 'quality-reviewer':
    case 'reviewer': {
      const findsGaps = random.permille(phase === null ? 0 : 150);
      const findings: ReportedFinding[] = findsGaps
        ? [{ severity: 'major', message: `gap ${launch.attemptId}`, file: `p${phase}/1.ts`, line: 7 }]
        : [];
      const verdicts = openFindings.map((findingId) => ({
        findingId,
        verdict: random.permille(800) ? ('closed' as const) : ('open' as const),
      }));
      const isOpen = findsGaps || verdicts.some(({ verdict }) => verdict === 'open');
      const verdict = isOpen ? 'gaps' : 'pass';
      return { kind: 'review', verdict, summary: 'Looked at it.', findings, verdicts };
    }
  }
}

function implement({ machine }: AgentPlay, launch: Launch, checkout: Checkout): void {
  const { phase, planTask } = launch.subject;
  if (launch.role === 'implementer') {
    // The files that its prompt allows, as an agent that can read would.
    const allowed = /^- Change only these files: (.*)\. Anything else is refused\.$/m.exec(
      launch.prompt,
    )?.[1];
    const files = [...(allowed ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
    const path = files.at(-1) ?? fileOf(phase, planTask ?? 1);
    return commitFile({ machine, checkout }, path, `by ${launch.attemptId}`);
  }
  for (const [path, text] of checkout.files) {
    if (text.startsWith('<<<<<<< ')) checkout.files.set(path, `resolved by ${launch.attemptId}`);
  }
  commit(machine, checkout, 'Resolve');
}

function fileOf(phase: string | null, planTask: number): string {
  return `p${phase}/${planTask}.ts`;
}

function commitFile(
  { machine, checkout }: { readonly machine: SimulatedMachine; readonly checkout: Checkout },
  path: string,
  text: string,
): void {
  checkout.files.set(path, text);
  // What was not committed before stays so, like `git commit <path>`.
  const { repository } = machine;
  const head = repository.head(checkout);
  const committed = new Map(head === null ? [] : repository.tree(head));
  committed.set(path, text);
  commit(machine, checkout, `Write ${path}`, checkout.merging === null ? committed : checkout.files);
}

function commit(
  { repository, madeCommits }: SimulatedMachine,
  checkout: Checkout,
  subject: string,
  files: ReadonlyMap<string, string> = checkout.files,
): void {
  const parents = [repository.head(checkout), checkout.merging].filter((parent) => parent !== null);
  const made = repository.commit(parents, files, subject);
  madeCommits.push(made);
  checkout.merging = null;
  if (checkout.branch === null) checkout.detachedAt = made;
  else repository.refs.set(`refs/heads/${checkout.branch}`, made);
}

/** A plan that passes the lint, or, now and then, one that does not. */
function plan({ random, machine, wildness, tasks: most }: AgentPlay, launch: Launch): string {
  const { phase } = launch.subject;
  const checkout = machine.repository.checkouts.get(launch.worktree);
  const baseline = checkout ? machine.repository.head(checkout) : null;
  const count = random.between(1, most);
  const tasks = Array.from({ length: count }, (_, index) => {
    const earlier = Array.from({ length: index }, (__, at) => at + 1).filter(() => random.permille(400));
    const review = random.pick(['none', 'none', 'none', 'spec', 'quality', 'spec+quality']);
    const model = random.permille(wildness / 2) ? 'nobody' : 'haiku';
    return [
      `### Task ${index + 1}: Part ${index + 1}`,
      '',
      `**Model:** ${model}`,
      `**Files:** \`${fileOf(phase, index + 1)}\``,
      `**Depends on:** ${earlier.join(', ') || 'none'}`,
      `**Review:** ${review}`,
      '**Acceptance:** it works',
      '',
      'Do it.',
    ].join('\n');
  });
  return [`# Phase ${phase} plan: Parts`, `**Baseline commit:** ${baseline}`, ...tasks].join('\n\n');
}
