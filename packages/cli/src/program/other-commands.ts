import { buildRouteMap } from '@stricli/core';
import { command } from './command.ts';
import { docs, flag, jsonFlag } from './docs.ts';
import { wholeNumber } from './values.ts';

const unlessStopped = flag('Start none when the daemon was stopped on purpose');
const debug = flag('Let its commits be held and its clock be shifted, over its socket: docs/crash-matrix.md');

const mcpPort = {
  kind: 'parsed',
  parse: wholeNumber(0, 65_535),
  optional: true,
  brief: "Also serve the agents' tools over HTTP, at this port of 127.0.0.1; 0: any",
  placeholder: 'port',
} as const;

const daemonStart = () =>
  command({
    load: async () => (await import('../daemon/start.ts')).start,
    parameters: { flags: { json: jsonFlag, unlessStopped, debug, mcpPort } },
    docs: docs(
      'Start the daemon, unless it runs',
      ['tina daemon start', '@reboot tina daemon start       # in your crontab: at boot'],
      [
        'Commands start it when they need it, and agents at work start it again when it has died: then always without --debug.',
      ],
    ),
  });

const daemonStop = () =>
  command({
    load: async () => (await import('../daemon/stop.ts')).stop,
    parameters: { flags: { json: jsonFlag } },
    docs: docs(
      'Stop the daemon',
      ['tina daemon stop'],
      ['Agents at work go on; the next daemon adopts them. It stays stopped until a command needs it.'],
    ),
  });

const daemonStatus = () =>
  command({
    load: async () => (await import('../daemon/status.ts')).status,
    parameters: { flags: { json: jsonFlag } },
    docs: docs(
      'Show whether the daemon runs, and what it does',
      ['tina daemon status', 'tina daemon status --json'],
      ['Starts nothing. Exit code 1 when no daemon runs.'],
    ),
  });

const daemonRun = () =>
  command({
    load: async () => (await import('../daemon/run.ts')).run,
    parameters: { flags: { unlessStopped, debug, mcpPort } },
    docs: docs(
      'Be the daemon, in the foreground',
      ['tina daemon run'],
      [
        'For service managers; commands start a daemon when they need one. Exit code 75: another one runs already.',
      ],
    ),
  });

export const daemonCommands = () =>
  buildRouteMap({
    routes: { start: daemonStart(), stop: daemonStop(), status: daemonStatus(), run: daemonRun() },
    docs: docs('Start, stop or look at the background process', [
      'tina daemon status',
      'tina daemon stop && tina daemon start',
    ]),
  });

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const completionCommand = () =>
  command({
    load: async () => (await import('../completion/completion.ts')).completion,
    parameters: {
      positional: {
        kind: 'tuple',
        parameters: [
          {
            brief: 'bash, zsh or fish',
            placeholder: 'shell',
            parse: (input: string): (typeof SHELLS)[number] => {
              const shell = SHELLS.find((one) => one === input);
              if (shell === undefined) throw new SyntaxError('must be bash, zsh or fish');
              return shell;
            },
            proposeCompletions: (partial: string): string[] =>
              SHELLS.filter((one) => one.startsWith(partial)),
          },
        ],
      },
    },
    docs: docs('Print a script that completes commands, options and names', [
      'source <(tina completion bash)       # in ~/.bashrc',
      'source <(tina completion zsh)        # in ~/.zshrc, after compinit',
      'tina completion fish | source        # in ~/.config/fish/config.fish',
    ]),
  });
