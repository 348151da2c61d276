import { isObject, isString } from '../request/json.ts';
import type { Json, Scenario, Step } from './step.ts';

type Check = (value: Json | undefined) => boolean;

const text: Check = (value) => typeof value === 'string';
const count: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const object: Check = (value) => value !== undefined && isObject(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const callList: Check = (value) =>
  Array.isArray(value) && value.every((call) => problemOf(call as Json, CALLS) === null);

type Shape = Readonly<Record<string, Check>>;

const ANSWERING: Shape = { say: optional(text), usage: optional(object), delayMs: optional(count) };
const FAULT: Shape = { times: optional(count) };

const CALLS: Readonly<Record<string, Shape>> = {
  shell: { ...ANSWERING, command: text },
  write: { ...ANSWERING, path: text, content: text },
  tool: { ...ANSWERING, name: text, input: object },
  mcp: { ...ANSWERING, name: text, server: optional(text), input: object },
};

const STEPS: Readonly<Record<string, Shape>> = {
  ...CALLS,
  text: { ...ANSWERING, text },
  flood: { ...ANSWERING, bytes: count },
  calls: { ...ANSWERING, calls: callList },
  error: {
    ...FAULT,
    status: count,
    message: optional(text),
    type: optional(text),
    retryAfterSeconds: optional(count),
    resetAt: optional(count),
    headers: optional(object),
  },
  hang: FAULT,
  silence: FAULT,
  cut: FAULT,
  refuse: FAULT,
};

/** What is wrong with a step that came as JSON, or null. */
function problemOf(step: Json, shapes: Readonly<Record<string, Shape>>): string | null {
  if (!isObject(step)) return 'is no object';
  const kind = step['kind'];
  const shape = isString(kind) && Object.hasOwn(shapes, kind) ? shapes[kind] : undefined;
  if (!isString(kind) || shape === undefined)
    return `has the kind ${JSON.stringify(kind)}: known are ${Object.keys(shapes).join(', ')}`;
  const unknown = Object.keys(step).find((name) => name !== 'kind' && !Object.hasOwn(shape, name));
  if (unknown !== undefined) return `has the field "${unknown}", which ${kind} does not know`;
  const wrong = Object.entries(shape).find(([name, check]) => !check(step[name]));
  return wrong === undefined ? null : `has no proper "${wrong[0]}"`;
}

/**
 * Reads a scenario that came as JSON.
 * @throws {Error} that says which step is wrong and why.
 */
export function readSteps(value: Json): Scenario {
  if (!Array.isArray(value)) throw new Error('A scenario is a list of steps.');
  for (const [index, step] of value.entries()) {
    const problem = problemOf(step as Json, STEPS);
    if (problem !== null) throw new Error(`Step ${index + 1} of the scenario ${problem}.`);
  }
  return value as readonly Step[];
}
