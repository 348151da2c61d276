import { buildRouteMap } from '@stricli/core';
import { command } from './command.ts';
import { docs, jsonFlag, option } from './docs.ts';

const file = option('Read the text from a file instead; - is standard input', 'path');
const variadicText = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: String, brief, placeholder, variadic: true, optional: true }) as const;

const validation = () =>
  command({
    load: async () => (await import('../report/validation.ts')).validation,
    parameters: {
      flags: {
        status: { kind: 'enum', values: ['pass', 'warning', 'stop'], brief: 'The verdict on the design' },
        text: option('What was found', 'text'),
        file,
        json: jsonFlag,
      },
    },
    docs: docs("A validator's verdict on the design", [
      'tina report validation --status pass --text "Sound."',
      'tina report validation --status stop --file findings.md',
    ]),
  });

const plan = () =>
  command({
    load: async () => (await import('../report/plan.ts')).plan,
    parameters: {
      flags: {
        file: {
          kind: 'parsed',
          parse: String,
          brief: 'The plan, Markdown; - is standard input',
          placeholder: 'path',
        },
        json: jsonFlag,
      },
    },
    docs: docs("A planner's plan of its phase", ['tina report plan --file "$TINA_OUT/plan.md"']),
  });

const work = () =>
  command({
    load: async () => (await import('../report/work.ts')).work,
    parameters: { flags: { summary: option('What was done', 'text'), file, json: jsonFlag } },
    docs: docs('The end of an implementation or of a resolved conflict', [
      'tina report work --summary "Added the limiter and its tests"',
    ]),
  });

const review = () =>
  command({
    load: async () => (await import('../report/review.ts')).review,
    parameters: {
      flags: {
        verdict: { kind: 'enum', values: ['pass', 'gaps'], optional: true, brief: 'Whether gaps were found' },
        summary: option('The review in a few words', 'text'),
        finding: variadicText('A gap: severity|file:line|message; file and line may be empty', 'finding'),
        verdictOn: variadicText('Whether an earlier finding is closed now: id=closed or id=open', 'verdict'),
        jsonFile: option('All of it as JSON instead; - is standard input', 'path'),
        json: jsonFlag,
      },
    },
    docs: docs(
      "A reviewer's verdict, with its findings",
      [
        'tina report review --verdict pass --summary "Does what the design asks"',
        'tina report review --verdict gaps --finding "major|src/limit.ts:12|No limit per user" --verdict-on r1-f2=closed',
        'tina report review --json-file review.json',
      ],
      ['Severities: blocker, major, minor. --finding and --verdict-on may be given several times.'],
    ),
  });

const error = () =>
  command({
    load: async () => (await import('../report/error.ts')).error,
    parameters: {
      flags: {
        reason: { kind: 'parsed', parse: String, brief: 'Why the work cannot be done', placeholder: 'text' },
        json: jsonFlag,
      },
    },
    docs: docs('The work cannot be done', [
      'tina report error --reason "The task needs a database that is not there"',
    ]),
  });

export const reportCommands = () =>
  buildRouteMap({
    routes: { validation: validation(), plan: plan(), work: work(), review: review(), error: error() },
    docs: {
      brief: "An agent's final word on its attempt",
      fullDescription: [
        "An agent's final word on its attempt.",
        '',
        'Agents that Tina started call this once, as the last thing they do. Who they are is told by TINA_SOCKET and',
        'TINA_TOKEN in their environment. While the daemon is away the report is tried again for up to 60 seconds.',
        '',
        'EXAMPLES',
        '  tina report work --summary "Added the limiter and its tests"',
        '  tina report plan --file "$TINA_OUT/plan.md"',
        '  tina report error --reason "The task needs a database that is not there"',
      ].join('\n'),
    },
  });
