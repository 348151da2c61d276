import type { Facts } from '../play/facts.ts';
import { errorCode } from '../fault/play-step.ts';
import type { Expected, ExpectedFile } from '../scenario/expected.ts';
import type { Scenario } from '../scenario/scenario.ts';
import {
  compareAmount,
  compareAttempts,
  compareFindings,
  compareMessages,
  compareRun,
  compareTasks,
  endingOf,
} from './compare-run.ts';
import { type Difference, differs, lacks, shorten } from './difference.ts';
import { type Metrics, metricsOf } from './metrics.ts';

/**
 * Every fact that is not as the scenario expects it. What depends on the script (attempts, events, messages, commits, the tasks of
 * plans) is not compared where another agent did the work.
 */
export function compare(
  { expected, expectedFiles }: Pick<Scenario, 'expected' | 'expectedFiles'>,
  facts: Facts,
  isScripted: boolean,
): readonly Difference[] {
  const [first] = facts.runs;
  const launch = compareLaunch(expected, facts);
  if (launch.length > 0 || first === undefined) return launch;
  const found = [
    ...compareRun(isScripted ? expected : { ...expected, blocked: null, phases: null }, first),
    ...compareFiles(expected, expectedFiles, facts),
    ...compareChecks(expected, facts),
    ...compareCheckout(expected, facts),
  ];
  if (!isScripted) return found;
  return [
    ...found,
    ...compareTasks(expected, first),
    ...compareAttempts(expected, first),
    ...compareFindings(expected, first),
    ...compareMessages(expected, first),
    ...compareCommits(expected, facts),
    ...compareEvents(expected, facts),
    ...compareMetrics(expected, facts),
    ...compareOthers(expected, facts),
  ];
}

/** Left out, a launch that works is expected. */
function compareLaunch(
  { launch }: Expected,
  { launch: { code, stdout, stderr } }: Facts,
): readonly Difference[] {
  const output = `${stdout}${stderr}`;
  const error = launch?.error ?? null;
  const exit = differs('launch.exit', launch?.exit ?? 0, code);
  if (exit.length > 0) return exit.map((one) => ({ ...one, found: `${code}: ${shorten(saidBy(output))}` }));
  const errors = error === null ? [] : differs('launch.error', error, errorCode(stderr));
  return [...errors, ...lacks('launch', launch?.says ?? [], output)];
}

/** The sentence of a refusal; output that is none stays as it is. */
function saidBy(output: string): string {
  try {
    const { error } = JSON.parse(output) as {
      readonly error?: { readonly message: string; readonly details: readonly string[] };
    };
    return error === undefined ? output : [error.message, ...error.details].join(' ');
  } catch {
    return output;
  }
}

function compareFiles(
  { files }: Expected,
  expectedFiles: ReadonlyMap<string, string>,
  facts: Facts,
): readonly Difference[] {
  const foundOf = (path: string): string | null => facts.files.get(path) ?? null;
  return [
    ...[...expectedFiles].flatMap(([path, text]) => differs(`expected/${path}`, text, foundOf(path))),
    ...[...(files ?? [])].flatMap(([path, file]) => compareFile(`files.${path}`, file, foundOf(path))),
  ];
}

function compareFile(at: string, file: ExpectedFile, found: string | null): readonly Difference[] {
  if (file.kind === 'absent')
    return differs(at, 'no such file', found === null ? 'no such file' : shorten(found));
  if (found === null) return differs(at, 'a file', 'no such file');
  if (file.kind === 'contains') return lacks(at, file.texts, found);
  // A line end more or less is a matter of how YAML is written.
  return differs(at, file.text.trimEnd(), found.trimEnd());
}

function compareChecks({ checks }: Expected, { runs }: Facts): readonly Difference[] {
  return [...(checks ?? [])].flatMap(([name, outcome]) =>
    differs(`checks.${name}`, outcome, runs[0]?.checks.get(name)?.outcome ?? 'never run'),
  );
}

function compareCheckout({ checkout }: Expected, { isCheckoutClean }: Facts): readonly Difference[] {
  return checkout === null ? [] : differs('checkout', checkout, isCheckoutClean ? 'clean' : 'changed');
}

function compareCommits({ commits }: Expected, { commits: found }: Facts): readonly Difference[] {
  if (commits === null) return [];
  const subjects = commits.subjects ?? [];
  const listed = found.join(', ') || 'none';
  return [
    ...compareAmount('commits.count', commits.count, found.length),
    ...subjects
      .filter((subject) => !found.includes(subject))
      .map((subject) => ({ path: 'commits.subjects', expected: subject, found: listed })),
  ];
}

function compareEvents({ events }: Expected, { runs }: Facts): readonly Difference[] {
  const all = runs[0]?.events ?? [];
  return [...(events ?? [])].flatMap(([type, amount]) =>
    compareAmount(`events.${type}`, amount, all.filter((event) => event.type === type).length),
  );
}

function compareMetrics({ metrics }: Expected, facts: Facts): readonly Difference[] {
  const [first] = facts.runs;
  if (metrics === null || first === undefined) return [];
  const found = metricsOf(first, facts);
  return (Object.keys(found) as (keyof Metrics)[]).flatMap((name) =>
    compareAmount(`metrics.${name}`, metrics[name], found[name]),
  );
}

/** Runs after the first, in the order they were made. */
function compareOthers({ others }: Expected, { runs }: Facts): readonly Difference[] {
  const found = runs.slice(1);
  const wanted = others ?? [];
  const counts = differs('others', `${wanted.length} more runs`, `${found.length} more runs`);
  if (counts.length > 0) return counts;
  return wanted.flatMap(({ status, feature, ending }, index) => {
    const view = found[index]?.view;
    const path = `others[${index}]`;
    return [
      ...differs(`${path}.status`, status, view?.status ?? null),
      ...(feature === null ? [] : differs(`${path}.feature`, feature, view?.feature ?? null)),
      ...(ending === null ? [] : differs(`${path}.ending`, ending, endingOf(view?.ending))),
    ];
  });
}
