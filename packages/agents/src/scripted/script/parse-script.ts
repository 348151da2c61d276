import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { SCRIPTED_ROLES } from '../role-reports.ts';
import { ReadingNotes, ScriptTooLarge, type Reader, type ScriptNode } from './node-reader.ts';
import { optional, record, required } from './record-reader.ts';
import type { Script, ScriptEntry, ScriptMatch } from './script.ts';
import type { ScriptProblem } from './script-problem.ts';
import { STEPS, type Step, type StepKind } from './steps.ts';
import { describe, filledText, list, oneOf, oneOrMore, wholeNumber } from './value-readers.ts';

/** Longer than any script that a person keeps an overview of. */
export const MAX_SCRIPT_BYTES = 1024 * 1024;

export interface ParsedScript {
  /** Null when there is any problem: a script is followed whole or not at all (G31). */
  readonly script: Script | null;
  readonly problems: readonly ScriptProblem[];
}

/** Reads a script and finds everything that is wrong with it at once. */
export function parseScript(source: string): ParsedScript {
  if (Buffer.byteLength(source) > MAX_SCRIPT_BYTES) {
    return refused(`The script is larger than ${MAX_SCRIPT_BYTES / 1024} KiB.`);
  }
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const notes = new ReadingNotes(document, lines);
  for (const { message, pos } of [...document.errors, ...document.warnings]) notes.noteAt(pos[0], message);
  if (notes.problems.length > 0) return { script: null, problems: notes.problems };
  try {
    const content = scriptReader(document.contents, notes);
    const problems = notes.problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    return { script: content && problems.length === 0 ? { entries: content.entries } : null, problems };
  } catch (error) {
    if (error instanceof ScriptTooLarge) return refused(error.message);
    throw error;
  }
}

function refused(message: string): ParsedScript {
  return { script: null, problems: [{ message, line: 1, column: 1 }] };
}

const VERSION = 1;

const turns: Reader<readonly number[] | 'any'> = (node, notes) => {
  const value = notes.visit(node);
  return isScalar(value) && value.value === 'any' ? 'any' : oneOrMore(wholeNumber(1))(node, notes);
};

const phase: Reader<string> = (node, notes) => {
  const value = filledText(node, notes);
  if (value === undefined || /^\d+(?:\.\d+)*$/.test(value)) return value;
  notes.note(node, `expected the number of a phase such as 1 or 1.5, found "${value}"`);
  return undefined;
};

const when: Reader<ScriptMatch> = record({
  role: optional(oneOrMore(oneOf(SCRIPTED_ROLES))),
  phase: optional(oneOrMore(phase)),
  task: optional(oneOrMore(wholeNumber(1))),
  attempt: optional(oneOrMore(wholeNumber(1))),
  turn: optional(turns),
});

const ALWAYS: ScriptMatch = { role: null, phase: null, task: null, attempt: null, turn: null };

const entryFields = record({ when: optional(when), do: required(stepsReader) });

const entryReader: Reader<ScriptEntry> = (node, notes) => {
  const entry = entryFields(node, notes);
  if (entry === undefined) return undefined;
  return { when: entry.when ?? ALWAYS, steps: entry.do, line: notes.lineOf(node) };
};

const scriptReader = record({
  version: required(oneOf([VERSION])),
  entries: required(list(entryReader)),
});

/** Steps with which a turn is over. */
const LAST_STEPS: ReadonlySet<StepKind> = new Set<StepKind>([
  'report',
  'plan',
  'crash',
  'exit',
  'hang',
  'wrong-form',
  'nothing',
  'lie',
  'limit',
  'overload',
  'network',
  'authentication',
  'refusal',
]);

function stepsReader(node: ScriptNode, notes: ReadingNotes): readonly Step[] | undefined {
  const steps = list(stepReader)(node, notes);
  const last = steps?.find(({ kind }) => LAST_STEPS.has(kind));
  const after = last && steps?.[steps.indexOf(last) + 1];
  if (steps === undefined || after === undefined) return steps;
  const value = notes.visit(node);
  const place = isSeq(value) ? (value.items[steps.indexOf(after)] as ScriptNode) : node;
  notes.note(place, `"${after.kind}" is never reached: "${last?.kind}" ends the turn`);
  return undefined;
}

/** One step: a name alone, or a name with what it takes. */
function stepReader(node: ScriptNode, notes: ReadingNotes): Step | undefined {
  const value = notes.visit(node);
  const named = namedStep(value);
  if (named === null) {
    notes.note(node, `expected one step, such as "commit: Add it", found ${describe(value)}`);
    return undefined;
  }
  const kind = Object.hasOwn(STEPS, named.name) ? (named.name as StepKind) : null;
  if (kind === null) {
    notes.note(named.key, `unknown step "${named.name}" (known: ${Object.keys(STEPS).join(', ')})`);
    return undefined;
  }
  const read = STEPS[kind] as Reader<object>;
  const values = read(named.value, notes);
  return values === undefined ? undefined : ({ ...values, kind, line: notes.lineOf(named.key) } as Step);
}

function namedStep(value: ScriptNode): { name: string; key: ScriptNode; value: ScriptNode } | null {
  if (isScalar(value) && typeof value.value === 'string')
    return { name: value.value, key: value, value: null };
  const [pair, ...others] = isMap(value) ? value.items : [];
  if (pair === undefined || others.length > 0) return null;
  const key = pair.key as ScriptNode;
  return { name: isScalar(key) ? String(key.value) : '', key, value: pair.value as ScriptNode };
}
