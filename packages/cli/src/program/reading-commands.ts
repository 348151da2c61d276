import { USAGE_GROUPS } from '@tina/contract';
import { oneAttempt, oneRun, oneTask, optionalRun, runArgument } from './arguments.ts';
import { command } from './command.ts';
import { docs, flag, jsonFlag } from './docs.ts';
import { durationValue, wholeNumber } from './values.ts';

export const runsCommand = () =>
  command({
    load: async () => (await import('../run/runs.ts')).runs,
    parameters: { flags: { active: flag('Only those that have not ended'), json: jsonFlag } },
    docs: docs('List runs, newest first', ['tina runs', 'tina runs --active --json']),
  });

export const statusCommand = () =>
  command({
    load: async () => (await import('../run/status.ts')).status,
    parameters: { flags: { json: jsonFlag }, positional: optionalRun },
    docs: docs('Show where a run stands', ['tina status', 'tina status rate-limits --json']),
  });

export const usageCommand = () =>
  command({
    load: async () => (await import('../usage/usage.ts')).usage,
    parameters: {
      flags: {
        by: {
          kind: 'enum',
          values: USAGE_GROUPS,
          optional: true,
          brief: 'What the rows are; default: task',
        },
        json: jsonFlag,
      },
      positional: optionalRun,
    },
    docs: docs(
      'Show tokens, cost and context that agents used, and the budgets',
      ['tina usage', 'tina usage rate-limits --by model', 'tina usage --by attempt --json'],
      [
        'A turn counts when it has ended. What an agent does not tell is unknown, and a sum with it is at least so much.',
        '~ before a cost: reckoned from tokens with the price table, not told by the agent.',
      ],
    ),
  });

export const watchCommand = () =>
  command({
    load: async () => (await import('../run/watch.ts')).watch,
    parameters: { flags: { json: jsonFlag }, positional: optionalRun },
    docs: docs(
      'Follow a run until it ends or is blocked',
      ['tina watch', 'tina watch rate-limits --json'],
      [
        'A live tree on a terminal, else a line for every change. Ctrl-C leaves the run going.',
        'Exit code: 0 complete, 1 blocked or cancelled, 3 daemon gone, 130 Ctrl-C.',
        'At a gate it goes on waiting, and says once on stderr what is asked and what to type. With --timeout it ends in any case.',
      ],
    ),
  });

export const waitCommand = () =>
  command({
    load: async () => (await import('../run/wait.ts')).wait,
    parameters: {
      flags: {
        timeout: {
          kind: 'parsed',
          parse: durationValue,
          placeholder: 'duration',
          optional: true,
          brief: 'Stop waiting after so long, such as 10m; default: never',
        },
        json: jsonFlag,
      },
      positional: oneRun,
    },
    docs: docs(
      'Wait for the end of a run, in scripts',
      ['tina wait rate-limits --timeout 10m', 'tina wait rate-limits && echo merged'],
      [
        'Exit code: 0 complete, 1 blocked or cancelled, 2 timeout, 3 lost (no such run, or the daemon is gone), 130 Ctrl-C.',
      ],
    ),
  });

export const tasksCommand = () =>
  command({
    load: async () => (await import('../task/tasks.ts')).tasks,
    parameters: { flags: { json: jsonFlag }, positional: optionalRun },
    docs: docs('List the tasks of a run', ['tina tasks', 'tina tasks rate-limits --json']),
  });

export const taskCommand = () =>
  command({
    load: async () => (await import('../task/task.ts')).task,
    parameters: { flags: { json: jsonFlag }, positional: oneTask },
    docs: docs('Show one task with its attempts, checks and findings', [
      'tina task rate-limits/phase-1-task-2',
      'tina task rate-limits/review-phase-1 --json',
    ]),
  });

export const eventsCommand = () =>
  command({
    load: async () => (await import('../event/events.ts')).events,
    parameters: {
      flags: {
        follow: flag('Go on with every new event'),
        after: {
          kind: 'parsed',
          parse: wholeNumber(0, Number.MAX_SAFE_INTEGER),
          placeholder: 'n',
          optional: true,
          brief: 'Only what came after the event of this number',
        },
        actions: flag('With --json: also who asked for what, as {"action": ...} beside {"event": ...}'),
        json: jsonFlag,
      },
      aliases: { f: 'follow' },
      positional: optionalRun,
    },
    docs: docs(
      'Show what happened in a run, event by event, and who asked for what',
      [
        'tina events',
        'tina events rate-limits --after 120 --follow',
        'tina events --json | jq .type',
        'tina events --json --actions | jq "select(.action)"',
      ],
      [
        'A line with > is what a person asked for, with its outcome, right before the events that it caused.',
        '--json prints the events alone, unless --actions is given too.',
      ],
    ),
  });

export const actionsCommand = () =>
  command({
    load: async () => (await import('../event/actions.ts')).actions,
    parameters: {
      flags: { json: jsonFlag },
      positional: {
        kind: 'tuple',
        parameters: [
          {
            ...runArgument,
            brief: 'A run, by id or by its feature; default: all, also what was about no run',
            optional: true,
          },
        ],
      },
    },
    docs: docs(
      'Show who asked for what, and what came of it',
      ['tina actions', 'tina actions rate-limits --json'],
      ['Every start, pause, approval and so on, also those that were refused, oldest first.'],
    ),
  });

export const logsCommand = () =>
  command({
    load: async () => (await import('../attempt/logs.ts')).logs,
    parameters: {
      flags: { follow: flag('Go on with what is added'), json: jsonFlag },
      aliases: { f: 'follow' },
      positional: oneAttempt,
    },
    docs: docs('Show what an attempt wrote', ['tina logs r1-a4', 'tina logs r1-a4 --follow']),
  });

export const attachCommand = () =>
  command({
    load: async () => (await import('../attempt/attach.ts')).attach,
    parameters: { positional: oneAttempt },
    docs: docs(
      "Look into an attempt's terminal while it works",
      ['tina attach r1-a4'],
      ["Opens its tmux session, on the tmux server that is Tina's own. Leave with  Ctrl-b d ."],
    ),
  });

export const verifyCommand = () =>
  command({
    load: async () => (await import('../run/verify.ts')).verify,
    parameters: {
      flags: {
        all: flag('Every run, the database, and what belongs to no run'),
        repair: flag('Mend what is safe to mend; asks before the rest'),
        yes: flag('With --repair: do not ask'),
        json: jsonFlag,
      },
      aliases: { y: 'yes' },
      positional: optionalRun,
    },
    docs: docs(
      'Replay every event, compare with what is stored, and look for what belongs to nothing',
      ['tina verify', 'tina verify --all --json', 'tina verify rate-limits --repair'],
      [
        'Looks at the history for what must never be so, at rows, jobs, timers and leases, and on the machine at',
        'worktrees, branches, sessions and files of attempts that are over. Says of each how to mend it.',
        '--repair never deletes work that is not merged or kept under a ref. Done again, it finds it done.',
        '',
        'Exit code 1 when something is wrong; with --repair, when something still is.',
      ],
    ),
  });
