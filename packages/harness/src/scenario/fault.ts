import {
  duration,
  filledText,
  list,
  oneOf,
  oneOrMore,
  optional,
  type Reader,
  record,
  required,
  type ScriptNode,
  text,
  wholeNumber,
} from '@tina/agents';
import { isMap, isScalar } from 'yaml';
import { mapped, mapOf, whenScalar } from './read-yaml.ts';

/** What of Tina a fault may hit. */
export const TARGETS = ['daemon', 'agent-host', 'agent', 'tmux', 'everything'] as const;
export type Target = (typeof TARGETS)[number];

/** When a fault is played. */
export type Moment =
  | { readonly kind: 'launch' }
  | { readonly kind: 'reached'; readonly point: string }
  | {
      readonly kind: 'event';
      readonly event: string;
      /** The name of the task that it is about. */
      readonly task: string | null;
      readonly phase: string | null;
      readonly role: string | null;
      readonly step: string | null;
      /** The how manieth that fits, from 1. */
      readonly nth: number;
    };

/** One thing that a fault does. */
export type FaultStep =
  | { readonly kind: 'kill'; readonly target: Target }
  | { readonly kind: 'freeze'; readonly target: Target; readonly forMs: number }
  | { readonly kind: 'sleep'; readonly forMs: number }
  | { readonly kind: 'release'; readonly point: string }
  | {
      readonly kind: 'tina';
      readonly args: readonly string[];
      readonly exit: number;
      /** The error's code; null: any, or none. */
      readonly error: string | null;
      readonly says: readonly string[];
    }
  | { readonly kind: 'git'; readonly args: readonly string[] }
  | { readonly kind: 'commit'; readonly message: string; readonly files: ReadonlyMap<string, string> }
  | { readonly kind: 'write'; readonly files: ReadonlyMap<string, string> }
  | { readonly kind: 'delete'; readonly path: string };

export interface Fault {
  readonly at: Moment;
  readonly steps: readonly FaultStep[];
  /** Of the scenario's file. */
  readonly line: number;
}

const target = oneOf(TARGETS);
const files = mapOf(text);
const args = oneOrMore(text);

const READERS: { readonly [Kind in FaultStep['kind']]: Reader<FaultStep> } = {
  kill: mapped(target, (target) => ({ kind: 'kill', target })),
  freeze: mapped(record({ process: required(target), for: required(duration) }), (given) => ({
    kind: 'freeze',
    target: given.process,
    forMs: given.for,
  })),
  sleep: mapped(duration, (forMs) => ({ kind: 'sleep', forMs })),
  release: mapped(filledText, (point) => ({ kind: 'release', point })),
  tina: tinaStep,
  git: mapped(args, (args) => ({ kind: 'git', args })),
  commit: mapped(record({ message: required(filledText), files: required(files) }), (given) => ({
    kind: 'commit',
    ...given,
  })),
  write: mapped(files, (files) => ({ kind: 'write', files })),
  delete: mapped(filledText, (path) => ({ kind: 'delete', path })),
};

/** A list is the arguments alone. */
function tinaStep(...[node, notes]: Parameters<Reader<FaultStep>>): FaultStep | undefined {
  const fields = {
    args: required(args),
    exit: optional(wholeNumber(0, 255)),
    error: optional(filledText),
    says: optional(oneOrMore(filledText)),
  };
  const given = record(fields, 'args')(node, notes);
  if (given === undefined) return undefined;
  return {
    kind: 'tina',
    args: given.args,
    exit: given.exit ?? (given.error === null ? 0 : 1),
    error: given.error,
    says: given.says ?? [],
  };
}

const step: Reader<FaultStep> = (node, notes) => {
  const value = notes.visit(node);
  const [pair, ...others] = isMap(value) ? value.items : [];
  const name = isScalar(pair?.key) ? String(pair.key.value) : '';
  const kinds = Object.keys(READERS).join(', ');
  if (pair === undefined || others.length > 0) {
    notes.note(node, `expected one of ${kinds}, with what it takes, such as "kill: daemon"`);
    return undefined;
  }
  if (!Object.hasOwn(READERS, name)) {
    notes.note(pair.key as ScriptNode, `unknown fault "${name}" (known: ${kinds})`);
    return undefined;
  }
  return READERS[name as FaultStep['kind']](pair.value as ScriptNode, notes);
};

const eventMoment = mapped(
  record({
    event: required(filledText),
    task: optional(filledText),
    phase: optional(text),
    role: optional(filledText),
    step: optional(filledText),
    nth: optional(wholeNumber(1)),
  }),
  (given): Moment => ({ kind: 'event', ...given, nth: given.nth ?? 1 }),
);
const reachedMoment = mapped(record({ reached: required(filledText) }), ({ reached }): Moment => ({
  kind: 'reached',
  point: reached,
}));

const moment: Reader<Moment> = whenScalar(
  mapped(oneOf(['launch']), (): Moment => ({ kind: 'launch' })),
  (node, notes) => {
    const value = notes.visit(node);
    return isMap(value) && value.has('reached') ? reachedMoment(node, notes) : eventMoment(node, notes);
  },
);

const oneFault = record({ at: required(moment), do: required(oneOrMore(step)) });

/** `faults` of a scenario. */
export const faults: Reader<readonly Fault[]> = list((node, notes) => {
  const fault = oneFault(node, notes);
  return fault && { at: fault.at, steps: fault.do, line: notes.lineOf(node) };
});
