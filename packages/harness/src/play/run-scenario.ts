import { compare } from '../expectation/compare.ts';
import { metricsOf } from '../expectation/metrics.ts';
import type { ScenarioResult } from '../result/scenario-result.ts';
import { timelineOf } from '../result/timeline.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { gatherEvidence } from '../verdict/evidence.ts';
import type { Failure } from '../verdict/failure.ts';
import { judge } from '../verdict/judge.ts';
import type { Facts } from './facts.ts';
import { makeSandbox } from './make-sandbox.ts';
import type { PlayOptions } from './play-options.ts';
import { ScenarioPlay } from './play-scenario.ts';

/** Plays a scenario once, from an empty folder to an empty folder, and judges what came of it. Never throws. */
export async function runScenario(
  scenario: Scenario,
  repetition: number,
  options: PlayOptions,
): Promise<ScenarioResult> {
  const startedAt = Date.now();
  let sandbox: Sandbox;
  try {
    sandbox = await makeSandbox(scenario, options.agent);
  } catch (error) {
    const failure = failed('set-up', `the repository could not be made: ${messageOf(error)}`, scenario);
    return { ...emptyResult(scenario, repetition, options, startedAt), failures: [failure] };
  }
  const play = new ScenarioPlay(sandbox, scenario, options);
  const { facts, failures } = await playAndJudge(play, sandbox, scenario, options);
  const clearing = await clear(sandbox, scenario, options.keep);
  return resultOf(scenario, repetition, options, play, facts, [...failures, ...clearing], sandbox);
}

async function playAndJudge(
  play: ScenarioPlay,
  sandbox: Sandbox,
  scenario: Scenario,
  options: PlayOptions,
): Promise<{ readonly facts: Facts | null; readonly failures: readonly Failure[] }> {
  try {
    const facts = await play.play();
    if (facts.end === 'interrupted') return { facts, failures: [failed('set-up', 'interrupted', scenario)] };
    const differences = compare(scenario, facts, options.agent.kind === 'scripted');
    const findings = judge(scenario.expected, facts, differences);
    const evidence = findings.length === 0 ? [] : await gatherEvidence(sandbox, facts);
    const failures = findings.map(({ category, message, lines }, index) => ({
      category,
      message,
      evidence: [
        ...(lines.length === 0 ? [] : [{ title: 'what was found', lines }]),
        ...(index === 0 ? evidence : []),
      ],
      next: nextOf(scenario),
    }));
    return { facts, failures };
  } catch (error) {
    const evidence = await gatherEvidence(sandbox, null);
    const failure = failed('observation', `Tina could not be asked: ${messageOf(error)}`, scenario);
    return { facts: null, failures: [{ ...failure, evidence }] };
  }
}

/** Whatever still runs is Tina's doing: everything has been told to end. */
async function clear(sandbox: Sandbox, scenario: Scenario, keep: boolean): Promise<readonly Failure[]> {
  try {
    await (keep ? sandbox.halt() : sandbox.dispose());
    return [];
  } catch (error) {
    return [failed('orchestration', `it could not be ended cleanly: ${messageOf(error)}`, scenario)];
  }
}

function resultOf(
  scenario: Scenario,
  repetition: number,
  options: PlayOptions,
  play: ScenarioPlay,
  facts: Facts | null,
  failures: readonly Failure[],
  sandbox: Sandbox,
): ScenarioResult {
  const [first] = facts?.runs ?? [];
  const metrics = first === undefined || facts === null ? null : metricsOf(first, facts);
  const playedActions = scenario.faults
    .flatMap(({ steps }) => steps)
    .filter(({ kind }) => kind === 'tina').length;
  return {
    ...emptyResult(scenario, repetition, options, play.startedAt),
    durationMs: facts?.durationMs ?? Date.now() - play.startedAt,
    asExpected: failures.length === 0,
    isFinishedUnaided: first?.view.status === 'complete' && (metrics?.operatorActions ?? 0) <= playedActions,
    runs: (facts?.runs ?? []).map((run) => timelineOf(run, play.startedAt)),
    metrics,
    notices: play.notices,
    faults: play.playedFaults,
    failures,
    folder: options.keep ? sandbox.path : null,
  };
}

function emptyResult(
  { name, title, expected }: Scenario,
  repetition: number,
  { agent }: PlayOptions,
  startedAt: number,
): ScenarioResult {
  return {
    scenario: name,
    title,
    repetition,
    agent: agent.kind === 'scripted' ? 'scripted' : agent.name,
    startedAt,
    durationMs: Date.now() - startedAt,
    asExpected: false,
    isMeantToComplete: expected.status === 'complete',
    isFinishedUnaided: false,
    runs: [],
    metrics: null,
    notices: [],
    faults: [],
    failures: [],
    folder: null,
  };
}

function failed(category: Failure['category'], message: string, scenario: Scenario): Failure {
  return { category, message, evidence: [], next: nextOf(scenario) };
}

function nextOf({ given }: Scenario): readonly string[] {
  return [`tina harness run ${given} --keep      leaves repository and state to look at`];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
