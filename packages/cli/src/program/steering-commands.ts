import { oneGate, oneRun, oneTask, optionalRun } from './arguments.ts';
import { command } from './command.ts';
import { docs, flag, jsonFlag, option } from './docs.ts';
import { saidText } from './values.ts';

export const pauseCommand = () =>
  command({
    load: async () => (await import('../run/pause.ts')).pause,
    parameters: {
      flags: { now: flag('Also stop the agents at work; their work is kept'), json: jsonFlag },
      positional: oneRun,
    },
    docs: docs('Let running attempts end and start nothing more', [
      'tina pause rate-limits',
      'tina pause rate-limits --now',
    ]),
  });

export const resumeCommand = () =>
  command({
    load: async () => (await import('../run/resume.ts')).resume,
    parameters: { flags: { json: jsonFlag }, positional: oneRun },
    docs: docs('Go on with a paused run', ['tina resume rate-limits']),
  });

export const cancelCommand = () =>
  command({
    load: async () => (await import('../run/cancel.ts')).cancel,
    parameters: {
      flags: { reason: option('Why, for the record', 'text'), json: jsonFlag },
      positional: oneRun,
    },
    docs: docs('Stop a run for good; its branches are kept', [
      'tina cancel rate-limits --reason "wrong approach"',
    ]),
  });

export const retryCommand = () =>
  command({
    load: async () => (await import('../task/retry.ts')).retry,
    parameters: { flags: { json: jsonFlag }, positional: oneTask },
    docs: docs('Try a blocked task again, its retries counted anew', [
      'tina retry rate-limits/phase-1-task-2',
    ]),
  });

export const skipCommand = () =>
  command({
    load: async () => (await import('../task/skip.ts')).skip,
    parameters: {
      flags: {
        reason: { kind: 'parsed', parse: saidText, brief: 'Why, for the record', placeholder: 'text' },
        json: jsonFlag,
      },
      positional: oneTask,
    },
    docs: docs('Go on without a task', ['tina skip rate-limits/phase-1-task-2 --reason "done by hand"']),
  });

export const editCommand = () =>
  command({
    load: async () => (await import('../task/edit.ts')).edit,
    parameters: {
      flags: {
        title: option('What it is called', 'text'),
        model: option('The model that does it', 'name'),
        files: option('The only files it may change, separated by commas', 'paths'),
        dependsOn: option(
          'Tasks of its plan that must be merged first: numbers, names or ids; or none',
          'tasks',
        ),
        review: {
          kind: 'enum',
          values: ['none', 'spec', 'quality', 'both'],
          optional: true,
          brief: 'Which reviews it gets',
        },
        acceptance: {
          kind: 'parsed',
          parse: saidText,
          variadic: true,
          optional: true,
          brief: 'What must hold when it is done; once for each criterion, in place of all of them',
          placeholder: 'text',
        },
        descriptionFile: option('Its description, from a file; - is standard input', 'path'),
        revision: option('Only if it was edited so often; see revision of tina task --json', 'number'),
        json: jsonFlag,
      },
      positional: oneTask,
    },
    docs: docs(
      'Change what the plan says of a task that has not begun',
      [
        'tina edit rate-limits/phase-1-task-2',
        'tina edit rate-limits/phase-1-task-2 --files src/limit.ts,src/limit.test.ts',
        'tina edit rate-limits/phase-1-task-2 --depends-on 1 --acceptance "a burst is refused"',
      ],
      [
        'Without an option it opens $VISUAL or $EDITOR on the task as a plan writes it (docs/plan-format.md).',
        'What the lint of plans refuses changes nothing; the text is kept for the next try.',
      ],
    ),
  });

export const approveCommand = () =>
  command({
    load: async () => (await import('../gate/approve.ts')).approve,
    parameters: {
      flags: {
        comment: option('For the record and the agents', 'text'),
        add: option(
          'How much a budget gets on top: 5 dollars or turns, 100k tokens, 30m; default: its own amount',
          'amount',
        ),
        json: jsonFlag,
      },
      positional: oneGate,
    },
    docs: docs('Let a plan or a review pass, or give a budget more', [
      'tina approve r1-g1',
      'tina approve r1-g1 --comment "good"',
      'tina approve r1-g2 --add 2.50',
    ]),
  });

export const rejectCommand = () =>
  command({
    load: async () => (await import('../gate/reject.ts')).reject,
    parameters: {
      flags: {
        comment: { kind: 'parsed', parse: saidText, brief: 'What is wanted instead', placeholder: 'text' },
        json: jsonFlag,
      },
      positional: oneGate,
    },
    docs: docs('Send a plan or a review back, with what is wanted, or give a budget no more', [
      'tina reject r1-g1 --comment "split task 3 in two"',
    ]),
  });

export const finalizeCommand = () =>
  command({
    load: async () => (await import('../run/finalize.ts')).finalize,
    parameters: {
      flags: {
        merge: flag('Merge the branch into its base'),
        pr: flag('Push the branch and open a pull request'),
        keep: flag('Leave the branch as it is'),
        discard: flag('Remove the branch; its commits stay under a rescue ref'),
        json: jsonFlag,
      },
      positional: oneRun,
    },
    docs: docs(
      'Say what becomes of the branch of a run whose phases are done',
      ['tina finalize rate-limits --merge', 'tina finalize rate-limits --pr'],
      ['Exactly one of --merge, --pr, --keep and --discard.'],
    ),
  });

export const cleanupCommand = () =>
  command({
    load: async () => (await import('../run/cleanup.ts')).cleanup,
    parameters: {
      flags: {
        dryRun: flag('Only say what would be removed, how big it is, and what is kept and why'),
        yes: flag('Do not ask'),
        json: jsonFlag,
      },
      aliases: { y: 'yes', n: 'dryRun' },
      positional: optionalRun,
    },
    docs: docs(
      'Remove worktrees, branches and files that ended runs left',
      ['tina cleanup --dry-run', 'tina cleanup rate-limits --yes'],
      [
        'Without a run: of every run that has ended. Work that is not merged, pushed or kept under a ref stays.',
        'On a terminal it asks first; elsewhere, and with --json, it removes at once.',
      ],
    ),
  });
