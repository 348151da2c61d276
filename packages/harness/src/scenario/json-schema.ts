import {
  ATTEMPT_STATUSES,
  CHECK_OUTCOMES,
  ENDINGS,
  FINDING_STATUSES,
  RUN_STATUSES,
  SEVERITIES,
  TASK_STATUSES,
} from './expected.ts';
import { TARGETS } from './fault.ts';

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const number: Schema = { type: 'integer', minimum: 0 };
const duration: Schema = { type: 'string', pattern: '^(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?$' };
const oneOf = (values: readonly string[]): Schema => ({ enum: values });
const list = (items: Schema): Schema => ({ type: 'array', items });
const oneOrMore = (items: Schema): Schema => ({ anyOf: [items, list(items)] });
const mapOf = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });
const texts = oneOrMore(text);

function record(properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return { type: 'object', properties, required, additionalProperties: false };
}

const amountOf = (value: Schema): Schema => ({ anyOf: [value, record({ atLeast: value, atMost: value })] });
const amount = amountOf(number);

const step: Schema = {
  anyOf: Object.entries({
    kill: oneOf(TARGETS),
    freeze: record({ process: oneOf(TARGETS), for: duration }, ['process', 'for']),
    sleep: duration,
    release: text,
    tina: { anyOf: [texts, record({ args: texts, exit: number, error: text, says: texts }, ['args'])] },
    git: texts,
    commit: record({ message: text, files: mapOf(text) }, ['message', 'files']),
    write: mapOf(text),
    delete: text,
  }).map(([name, value]) => record({ [name]: value }, [name])),
};

const moment: Schema = {
  anyOf: [
    { const: 'launch' },
    record({ reached: text }, ['reached']),
    record({ event: text, task: text, phase: text, role: text, step: text, nth: number }, ['event']),
  ],
};

const attempt: Schema = {
  anyOf: [
    oneOf(ATTEMPT_STATUSES),
    record({ status: oneOf(ATTEMPT_STATUSES), role: text, failure: text, turns: amount, says: texts }, [
      'status',
    ]),
  ],
};

const finding: Schema = {
  anyOf: [
    text,
    record({
      says: text,
      phase: text,
      severity: oneOf(SEVERITIES),
      source: text,
      status: oneOf(FINDING_STATUSES),
    }),
  ],
};

const expected = record({
  launch: record({ exit: number, error: text, says: texts }, ['exit']),
  status: oneOf(RUN_STATUSES),
  ending: oneOf(ENDINGS),
  blocked: list(record({ task: text, code: text, says: texts }, ['task', 'code'])),
  phases: texts,
  tasks: mapOf(oneOf(TASK_STATUSES)),
  attempts: mapOf(oneOrMore(attempt)),
  commits: record({ count: amount, subjects: texts }),
  files: mapOf({ anyOf: [text, record({ contains: texts, absent: { const: true } })] }),
  findings: list(finding),
  messages: list(record({ task: text, role: text, says: texts }, ['task', 'says'])),
  events: mapOf(amount),
  checks: mapOf(oneOf(CHECK_OUTCOMES)),
  metrics: record({
    attempts: amount,
    retries: amount,
    lost: amount,
    remediations: amount,
    operatorActions: amount,
    duration: amountOf(duration),
  }),
  others: list(record({ status: oneOf(RUN_STATUSES), feature: text, ending: oneOf(ENDINGS) }, ['status'])),
  checkout: oneOf(['clean', 'changed']),
});

/** The form of `scenario.yaml` as JSON Schema, for editors. What reads scenarios is stricter, and says where. */
export function scenarioJsonSchema(): Schema {
  const form = record(
    {
      version: { const: 1 },
      title: text,
      about: text,
      feature: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]*$' },
      design: text,
      repository: text,
      script: text,
      config: text,
      launch: texts,
      without: texts,
      faults: list(record({ at: moment, do: oneOrMore(step) }, ['at', 'do'])),
      limits: record({
        timeout: duration,
        run: duration,
        tasks: duration,
        progress: duration,
        agent: duration,
      }),
      expected,
    },
    ['version', 'title', 'feature', 'expected'],
  );
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'A scenario of Tina', ...form };
}
