// docs/json-output.md: what each command prints with --json, from the schemas that describe the daemon's answers.
import { answerSchemas, procedures } from '../../../packages/contract/src/index.ts';

/** Each command, the procedure whose answer it prints, or a form of its own, and how. */
const COMMANDS = [
  { command: 'tina init', form: 'Init' },
  { command: 'tina doctor', form: 'Doctor' },
  { command: 'tina agents', prints: '[Agent](#agent)[]' },
  {
    command: 'tina agents test <agent>',
    prints:
      '`{"step": ...}` for each of its steps, and at the end `{"test": ...}` with the [AgentTest](#agenttest)',
  },
  { command: 'tina config', form: 'Config' },
  { command: 'tina runs', procedure: 'run.list' },
  { command: 'tina status [run]', procedure: 'run.get' },
  { command: 'tina wait <run>', procedure: 'run.get', note: 'once, at the end' },
  { command: 'tina usage [run]', procedure: 'usage.get' },
  {
    command: 'tina watch [run]',
    procedure: 'event.watch',
    note: 'as `{"event": ...}`, and at the end `{"run": ...}` with the [Run](#run)',
  },
  { command: 'tina tasks [run]', procedure: 'task.list' },
  { command: 'tina task <task>', procedure: 'task.get' },
  { command: 'tina events [run]', procedure: 'event.list', note: 'one a line' },
  {
    command: 'tina events [run] --actions',
    procedure: 'timeline.list',
    prints:
      '`{"event": ...}` with an [Event](#event), or `{"action": ...}` with an [Action](#action); one a line',
  },
  { command: 'tina actions [run]', procedure: 'action.list', note: 'one a line' },
  { command: 'tina logs <attempt>', procedure: 'attempt.get', note: 'and `output`, the readable transcript' },
  { command: 'tina messages [run]', procedure: 'message.list' },
  { command: 'tina send <attempt|task> <text>', procedure: 'message.get' },
  { command: 'tina prompt <role>', procedure: 'prompt.get' },
  { command: 'tina verify [run]', procedure: 'run.verify' },
  { command: 'tina verify [run] --repair', procedure: 'run.repair', note: 'what became of each problem' },
  { command: 'tina cleanup [run]', procedure: 'run.cleanup' },
  {
    command: 'tina daemon status',
    procedure: 'daemon.status',
    note: 'and `running`; without a daemon `{"running": false}`',
  },
  {
    command: 'tina orchestrate <design.md>',
    procedure: 'run.create',
    note: 'as `{"started": ...}`, then as `tina watch` does',
  },
  {
    command: 'tina pause`, `resume`, `cancel`, `retry`, `skip`, `approve`, `reject`, `finalize',
    procedure: 'run.pause',
  },
  {
    command: 'tina answer <question> <text>',
    prints: '`runId`, `attemptId` and `messageId`, the answer as a message',
  },
  {
    command: 'tina mine`, `progress`, `ask`, `inbox`, `say',
    prints: '[what agent-tools.md says](agent-tools.md)',
  },
  {
    command: 'tina harness list`, `run`, `new`, `report',
    prints: '[what scenarios.md says](scenarios.md#with---json)',
  },
];

/** Answers that no command prints as they are; clients of the socket get them. */
const NOT_PRINTED = [
  'run.watch',
  'run.commits',
  'gate.list',
  'question.list',
  'timeline.watch',
  'debug.status',
];

const INTRODUCTION = `# What \`--json\` prints

Made from the code by \`npm run docs\`; do not edit.

One JSON value a line, on standard output. Fields are added over time and never change their meaning; ignore what you do not
know. A value that is not there is \`null\`.

What is refused is printed on standard error, as \`{"error": {"code", "message", "place", "details", "next"}}\`: \`code\` is stable,
\`place\` has \`file\`, \`line\`, \`column\` and \`field\` where they are known, \`next\` is what to type.
`;

export function jsonOutputPage() {
  const { schemas, answerOf } = answerSchemas();
  const printed = COMMANDS.map(({ command, procedure, note, prints, form: own }) => {
    if (prints || own) return row([`\`${command}\``, prints ?? link(own)]);
    const { form, isList } = answerOf(procedure);
    return row([`\`${command}\``, `${link(form)}${isList ? '[]' : ''}${note ? `; ${note}` : ''}`]);
  });
  const covered = new Set([...COMMANDS.map(({ procedure }) => procedure), ...NOT_PRINTED]);
  const missing = Object.entries(procedures)
    .filter(([, { kind, access }]) => kind !== 'command' && access === 'operator')
    .filter(([name]) => !covered.has(name));
  if (missing.length > 0)
    throw new Error(`no command is named for ${missing.map(([name]) => name).join(', ')}`);
  const sections = Object.entries(schemas).map(([name, schema]) => section(name, schema));
  return [INTRODUCTION, row(['command', 'prints']), '|---|---|', ...printed, '', sections.join('\n')].join(
    '\n',
  );
}

function section(name, schema) {
  const rows = fieldRows(schema, '', name).map(row);
  return [`## ${name}`, '', row(['field', 'type', 'meaning']), '|---|---|---|', ...rows, ''].join('\n');
}

function fieldRows({ properties }, prefix, name) {
  return Object.entries(properties).flatMap(([field, schema]) => {
    const { core, isNullable } = withoutNull(schema);
    const path = `${prefix}${field}`;
    const meaning = schema.description ?? core.description;
    if (!meaning) throw new Error(`${name}.${path} has no description`);
    const own = row3(path, `${typeOf(core)}${isNullable ? ', null' : ''}`, meaning);
    const inner = core.type === 'array' ? core.items : core;
    return [
      own,
      ...(inner.properties ? fieldRows(inner, `${path}${core === inner ? '' : '[]'}.`, name) : []),
    ];
  });
}

const row3 = (path, type, meaning) => [`\`${path}\``, type, meaning];
const row = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const link = (name) => `[${name}](#${name.toLowerCase()})`;

function withoutNull(schema) {
  if (Array.isArray(schema.type)) return { core: { ...schema, type: schema.type[0] }, isNullable: true };
  const rest = schema.anyOf?.filter(({ type }) => type !== 'null');
  if (rest?.length === 1 && schema.anyOf.length === 2) return { core: rest[0], isNullable: true };
  return { core: schema, isNullable: false };
}

function typeOf(schema) {
  if (schema.$ref) return link(schema.$ref);
  if (schema.enum)
    return schema.enum
      .filter((value) => value !== null)
      .map((value) => `\`${value}\``)
      .join(', ');
  if (schema.type === 'array') return typeOfList(schema.items);
  return schema.type ?? 'any';
}

function typeOfList(items) {
  if (items.properties) return 'object[]';
  return items.enum ? `(${typeOf(items)})[]` : `${typeOf(items)}[]`;
}
