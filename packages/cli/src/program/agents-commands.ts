import { buildRouteMap } from '@stricli/core';
import { command } from './command.ts';
import type { CliContext } from './context.ts';
import { docs, jsonFlag, option } from './docs.ts';
import { durationValue } from './values.ts';

const list = () =>
  command({
    load: async () => (await import('../agents/agents.ts')).agents,
    parameters: { flags: { json: jsonFlag } },
    docs: docs(
      'List the agents that can do the work',
      ['tina agents', 'tina agents list --json | jq ".[] | select(.isFound)"'],
      [
        'Every agent that is configured, and those that need no definition: which are found, their version, how the last',
        'test went, how each would be started, and what to do if something is missing. Gives none of them work.',
      ],
    ),
  });

const test = () =>
  command({
    load: async () => (await import('../agents/test-agent.ts')).testAgent,
    parameters: {
      flags: {
        model: option('The model to ask for; default: the program’s own choice', 'model'),
        timeout: {
          kind: 'parsed',
          parse: durationValue,
          placeholder: 'duration',
          optional: true,
          brief: 'The longest that it may take, such as 10m; default: 3m',
        },
        json: jsonFlag,
      },
      positional: {
        kind: 'tuple',
        parameters: [
          {
            brief: 'An agent, by its name in  tina agents',
            placeholder: 'agent',
            parse: String,
            async proposeCompletions(this: CliContext, partial: string) {
              const { agentNames } = await import('../agents/load-agents.ts');
              return agentNames(this).filter((name) => name.startsWith(partial));
            },
          },
        ],
      },
    },
    docs: docs(
      'Give an agent one small piece of real work',
      ['tina agents test claude', 'tina agents test codex --model gpt-5.3-codex --timeout 5m'],
      [
        'In a git repository that is made for it and removed afterwards: started, wrote, committed, reported, usage.',
        'It is a real turn, which costs what it costs. Needs no daemon, and leaves nothing but its result.',
        '',
        'Exit code 1 when the agent is not fit. --json prints {"step": ...} for each and {"test": ...} at the end.',
      ],
    ),
  });

export const agentsCommands = () =>
  buildRouteMap({
    routes: { list: list(), test: test() },
    defaultCommand: 'list',
    docs: docs('List the agents that can do the work, or test one', [
      'tina agents',
      'tina agents test claude',
    ]),
  });
