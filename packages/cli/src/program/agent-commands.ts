import { command } from './command.ts';
import { docs, jsonFlag, option } from './docs.ts';
import { durationValue, saidText } from './values.ts';

const WHO =
  'For agents that Tina started: who calls is told by TINA_SOCKET and TINA_TOKEN in the environment.';
const said = (brief: string, placeholder: string) => ({ brief, placeholder, parse: saidText });

export const mineCommand = () =>
  command({
    load: async () => (await import('../agent/mine.ts')).mine,
    parameters: {
      flags: { json: jsonFlag },
      positional: {
        kind: 'tuple',
        parameters: [
          {
            brief: 'task, findings or usage; default: task',
            placeholder: 'what',
            parse: whatValue,
            optional: true,
          },
        ],
      },
    },
    docs: docs(
      "The calling agent's task, findings or usage",
      ['tina mine', 'tina mine findings --json'],
      [WHO],
    ),
  });

export const progressCommand = () =>
  command({
    load: async () => (await import('../agent/words.ts')).progress,
    parameters: {
      flags: { json: jsonFlag },
      positional: { kind: 'tuple', parameters: [said('How far the work is', 'text')] },
    },
    docs: docs('Say how far the calling agent is', ['tina progress "tests are written"'], [WHO]),
  });

export const askCommand = () =>
  command({
    load: async () => (await import('../agent/words.ts')).ask,
    parameters: {
      flags: {
        choice: {
          kind: 'parsed',
          parse: saidText,
          variadic: true,
          optional: true,
          brief: 'A possible answer; once for each',
          placeholder: 'text',
        },
        wait: {
          kind: 'parsed',
          parse: durationValue,
          optional: true,
          brief: 'How long to wait for the answer; default: 45s',
          placeholder: 'duration',
        },
        json: jsonFlag,
      },
      positional: { kind: 'tuple', parameters: [said('What only a person knows', 'question')] },
    },
    docs: docs(
      'Ask a person, and wait for the answer for a while',
      ['tina ask "May the column be dropped?" --choice yes --choice no'],
      [WHO, 'Without an answer it ends well all the same: decide, or look into tina inbox later.'],
    ),
  });

export const inboxCommand = () =>
  command({
    load: async () => (await import('../agent/mine.ts')).inbox,
    parameters: {
      flags: { after: option('Also show again what came after this message', 'message'), json: jsonFlag },
    },
    docs: docs('Take the messages that wait for the calling agent', ['tina inbox'], [WHO]),
  });

export const sayCommand = () =>
  command({
    load: async () => (await import('../agent/words.ts')).say,
    parameters: {
      flags: { json: jsonFlag },
      positional: {
        kind: 'tuple',
        parameters: [
          { brief: 'An attempt, a task, a role, or operator', placeholder: 'to', parse: String },
          said('What to say', 'text'),
        ],
      },
    },
    docs: docs(
      'Write to another agent at work, or to people',
      ['tina say operator "The API key is missing"'],
      [WHO],
    ),
  });

export const mcpCommand = () =>
  command({
    load: async () => (await import('../mcp/serve-stdio.ts')).mcp,
    parameters: { flags: {} },
    docs: docs(
      "Serve the calling agent's tools over MCP on stdin and stdout",
      ['tina mcp'],
      [WHO, 'See docs/agent-tools.md.'],
    ),
  });

function whatValue(input: string): 'task' | 'findings' | 'usage' {
  if (input === 'task' || input === 'findings' || input === 'usage') return input;
  throw new SyntaxError('must be task, findings or usage');
}
