import { ROLES } from '@tina/domain';
import { addresseeArgument, optionalRun, questionArgument } from './arguments.ts';
import { command } from './command.ts';
import { docs, flag, jsonFlag, option } from './docs.ts';
import { durationValue, saidText } from './values.ts';

const said = (brief: string, placeholder: string) => ({ brief, placeholder, parse: saidText });

export const sendCommand = () =>
  command({
    load: async () => (await import('../message/send.ts')).send,
    parameters: {
      flags: {
        wait: flag('Wait until its agent has got it'),
        timeout: {
          kind: 'parsed',
          parse: durationValue,
          optional: true,
          brief: 'With --wait: how long at most',
          placeholder: 'duration',
        },
        json: jsonFlag,
      },
      positional: {
        kind: 'tuple',
        parameters: [addresseeArgument, said('What to say', 'text')],
      },
    },
    docs: docs(
      'Write to an agent at work, or to whoever works at a task next',
      [
        'tina send r1-a4 "Use the limiter that is there"',
        'tina send rate-limits/phase-1-task-2 "..." --wait',
      ],
      [
        'It reaches the agent in the turn under way where its program can take it, else at the head of its next turn.',
        'A report that comes before does not count yet: the agent gets one more turn with the message.',
      ],
    ),
  });

export const answerCommand = () =>
  command({
    load: async () => (await import('../message/answer.ts')).answer,
    parameters: {
      flags: { json: jsonFlag },
      positional: {
        kind: 'tuple',
        parameters: [questionArgument, said('The answer', 'text')],
      },
    },
    docs: docs('Answer what an agent asked', ['tina answer r1-q1 "Yes, drop the column"']),
  });

export const messagesCommand = () =>
  command({
    load: async () => (await import('../message/messages.ts')).messages,
    parameters: { flags: { json: jsonFlag }, positional: optionalRun },
    docs: docs('What agents and people have written to one another', [
      'tina messages',
      'tina messages rate-limits --json',
    ]),
  });

export const promptCommand = () =>
  command({
    load: async () => (await import('../prompt/prompt.ts')).prompt,
    parameters: {
      flags: {
        run: option('The run of the task', 'run'),
        task: option('Of this task: by name with --run, else by id or <run>/<name>', 'task'),
        json: jsonFlag,
      },
      positional: {
        kind: 'tuple',
        parameters: [{ brief: 'A role', placeholder: 'role', parse: roleValue }],
      },
    },
    docs: docs("Show a role's prompt", [
      'tina prompt implementer',
      'tina prompt reviewer --run rate-limits --task review-phase-1',
    ]),
  });

function roleValue(input: string): (typeof ROLES)[number] {
  const role = ROLES.find((each) => each === input);
  if (role !== undefined) return role;
  throw new SyntaxError(`must be one of ${ROLES.join(', ')}`);
}
