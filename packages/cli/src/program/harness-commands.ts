import { buildRouteMap } from '@stricli/core';
import { command } from './command.ts';
import type { CliContext } from './context.ts';
import { docs, flag, jsonFlag, option } from './docs.ts';
import { wholeNumber } from './values.ts';

const RUNS = { least: 1, most: 1000 };

const list = () =>
  command({
    load: async () => (await import('../harness/harness.ts')).listScenarios,
    parameters: { flags: { json: jsonFlag } },
    docs: docs('Show the scenarios that come with Tina', ['tina harness list', 'tina harness list --json']),
  });

const runFlags = {
  all: flag('Play every scenario that comes with Tina'),
  agent: option(
    'Who does the work: scripted, or an agent of your own configuration; default: scripted',
    'name',
  ),
  runs: {
    kind: 'parsed',
    parse: wholeNumber(RUNS.least, RUNS.most),
    brief: 'Play each so often; default: 1',
    placeholder: 'n',
    optional: true,
  },
  skipBuild: flag('Play what was built before, though the sources are newer'),
  keep: flag('Leave repositories and state, to look at'),
  report: option('Also write the report for the browser', 'file.html'),
  json: jsonFlag,
} as const;

const run = () =>
  command({
    load: async () => (await import('../harness/harness.ts')).runScenarios,
    parameters: {
      flags: runFlags,
      positional: {
        kind: 'array',
        parameter: {
          brief: "A scenario of Tina's by its name, or the folder of one of your own",
          placeholder: 'scenario',
          parse: String,
          async proposeCompletions(this: CliContext, partial: string) {
            const { scenarioNames } = await import('../harness/harness.ts');
            return (await scenarioNames(this)).filter((name) => name.startsWith(partial));
          },
        },
      },
    },
    docs: docs(
      'Play scenarios, and compare what comes of them with what is expected',
      [
        'tina harness run single-phase',
        'tina harness run crash-at-every-stage --runs 10 --report report.html',
        'tina harness run ./my-scenario --agent claude',
      ],
      [
        'Each runs in a temporary repository with a temporary Tina: the real programs, real git, real tmux. Nothing of it is',
        'left, and nothing of yours is touched. Programs that are older than their sources are built first.',
        'A failure says whose it is: set-up, orchestration, agent, observation or outcome.',
        '',
        'Exit code: 0 all as expected, 1 not, 2 no such scenario or a mistake in one, 130 Ctrl-C.',
      ],
    ),
  });

const makeNew = () =>
  command({
    load: async () => (await import('../harness/harness.ts')).newScenario,
    parameters: {
      flags: { json: jsonFlag },
      positional: {
        kind: 'tuple',
        parameters: [{ brief: "The new folder's name", placeholder: 'name', parse: String }],
      },
    },
    docs: docs('Make a scenario of your own in the current folder', [
      'tina harness new my-scenario && tina harness run ./my-scenario',
    ]),
  });

const report = () =>
  command({
    load: async () => (await import('../harness/harness.ts')).reportScenarios,
    parameters: {
      flags: { out: option('Where to; default: harness-report.html', 'file.html'), json: jsonFlag },
    },
    docs: docs('Draw what was played last, for the browser', [
      'tina harness report',
      'tina harness report --out report.html',
    ]),
  });

export const harnessCommands = () =>
  buildRouteMap({
    routes: { list: list(), run: run(), new: makeNew(), report: report() },
    docs: docs('Play scenarios against this Tina, and see that what it promises holds', [
      'tina harness list',
      'tina harness run --all',
    ]),
  });
