import { FINALIZE_MODES, PRESETS } from '@tina/domain';
import { command } from './command.ts';
import { docs, flag, jsonFlag, option } from './docs.ts';
import { budgetAmount, wholeNumber } from './values.ts';

const orchestrateChoices = {
  policy: {
    kind: 'enum',
    values: PRESETS,
    optional: true,
    brief: 'How strictly work is reviewed and where you are asked; default: policy.preset, else balanced',
  },
  finalize: {
    kind: 'enum',
    values: FINALIZE_MODES,
    optional: true,
    brief: 'What becomes of the branch at the end; default: finalize of the configuration, else ask',
  },
  parallel: {
    kind: 'parsed',
    parse: wholeNumber(1, 64),
    placeholder: 'n',
    optional: true,
    brief: 'Agents at work at the same time; default: limits.parallelAgents, else 3',
  },
  budgetCost: {
    kind: 'parsed',
    parse: budgetAmount('cost'),
    placeholder: 'usd',
    optional: true,
    brief: 'Ask before the run costs more than so many US dollars; default: budgets.run.cost, else no limit',
  },
  budgetTokens: {
    kind: 'parsed',
    parse: budgetAmount('tokens'),
    placeholder: 'n',
    optional: true,
    brief:
      'Ask before the run uses more tokens, such as 500k or 2M; default: budgets.run.tokens, else no limit',
  },
} as const;

export const orchestrateCommand = () =>
  command({
    load: async () => (await import('../orchestrate/orchestrate.ts')).orchestrate,
    parameters: {
      flags: {
        new: flag(
          'Start another run, even if the design has one; while that has its branch, with another --feature',
        ),
        feature: option('The name of the feature; default: the file name without date and -design', 'name'),
        base: option(
          'The branch to start from and to merge into; default: the one that is checked out',
          'branch',
        ),
        agent: option('The configured agent that does the work; default: agents.default', 'name'),
        model: option('The model for every role and task', 'model'),
        ...orchestrateChoices,
        sandbox: flag(
          'Run agents under bubblewrap: they write to nothing but their worktree; default: sandbox.enabled, else no',
        ),
        detach: flag('Do not follow the run'),
        yes: flag(
          'Ask nothing: with --finalize ask, the branch is kept (never merged) when the phases are done',
        ),
        json: jsonFlag,
      },
      aliases: { y: 'yes', d: 'detach' },
      positional: {
        kind: 'tuple',
        parameters: [
          {
            brief: 'The design: Markdown with sections Phase 1, Phase 2, ...',
            placeholder: 'design.md',
            parse: String,
          },
        ],
      },
    },
    docs: docs(
      'Carry a design to a reviewed, merged branch',
      [
        'tina orchestrate docs/2026-11-20-rate-limits-design.md',
        'tina orchestrate design.md --policy strict --finalize pr',
        'tina orchestrate design.md --detach && tina wait rate-limits --timeout 2h',
      ],
      [
        'Starts a run, or goes on with the one that the design already has, and follows it.',
        'Ctrl-C ends the following, not the run:  tina watch  shows it again.',
        '',
        'Exit code: 0 complete, 1 blocked or cancelled, 3 daemon gone, 130 Ctrl-C.',
        '--json prints {"event": ...} for every event and {"run": ...} at the end; it never asks.',
      ],
    ),
  });

export const initCommand = () =>
  command({
    load: async () => (await import('../project/init.ts')).init,
    parameters: {
      flags: {
        write: flag('Write .tina/config.yaml without asking'),
        force: flag('Replace a configuration that is there'),
        json: jsonFlag,
      },
    },
    docs: docs(
      'Look at the project and propose its configuration',
      ['tina init', 'tina init --write'],
      [
        'Finds checks, set-up command, files such as .env, and agent programs on PATH.',
        'Nothing is run and nothing is written until you say yes, or --write.',
      ],
    ),
  });

export const doctorCommand = () =>
  command({
    load: async () => (await import('../project/doctor.ts')).doctor,
    parameters: { flags: { json: jsonFlag } },
    docs: docs(
      'Look at everything that a run needs',
      ['tina doctor', 'tina doctor --json'],
      [
        'Says what was found, which version, and what to do if not. Exit code 1 when something required is missing.',
      ],
    ),
  });

export const configCommand = () =>
  command({
    load: async () => (await import('../project/config.ts')).config,
    parameters: {
      flags: {
        schema: flag('Print the format as JSON Schema, for editors'),
        json: jsonFlag,
      },
    },
    docs: docs(
      'Show the configuration that holds, and where each setting comes from',
      ['tina config', 'tina config --json', 'tina config --schema > .tina/config.schema.json'],
      [
        "The project's .tina/config.yaml goes over the user's config.yaml, field by field, over defaults.",
        'With the schema beside it, this line makes an editor complete and check the file:',
        '  # yaml-language-server: $schema=config.schema.json',
      ],
    ),
  });
