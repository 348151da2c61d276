import { isMap, isScalar } from 'yaml';
import type { Reader, ReadingNotes, ScriptNode } from './node-reader.ts';
import { optional, record, required, type FieldValues } from './record-reader.ts';
import { filledText, list, oneOf, oneOrMore, text, wholeNumber } from './value-readers.ts';

/** How a report reaches Tina: in the agent's final record, by `tina report`, or as a line of its final message. */
export const via = optional(oneOf(['protocol', 'cli', 'message']));

export type Via = 'protocol' | 'cli' | 'message';

const findingFields = {
  severity: optional(oneOf(['blocker', 'major', 'minor'])),
  message: required(filledText),
  file: optional(filledText),
  line: optional(wholeNumber(1)),
};

const verdictFields = { findingId: required(filledText), verdict: required(oneOf(['closed', 'open'])) };

const FORMS = {
  validation: record({
    kind: required(text),
    status: required(oneOf(['pass', 'warning', 'stop'])),
    text: optional(text),
    via,
  }),
  work: record({ kind: required(text), summary: required(text), via }),
  review: record({
    kind: required(text),
    verdict: required(oneOf(['pass', 'gaps'])),
    summary: optional(text),
    findings: optional(oneOrMore(record(findingFields, 'message'))),
    verdicts: optional(verdicts),
    via,
  }),
  error: record({ kind: required(text), reason: required(filledText), via }),
} as const;

type FormKind = keyof typeof FORMS;
type FormValues<Kind extends FormKind> =
  (typeof FORMS)[Kind] extends Reader<infer T> ? Omit<T, 'kind'> : never;

/** A report as the script says it. */
export type ReportForm =
  | { [Kind in FormKind]: FormValues<Kind> & { readonly kind: Kind } }[FormKind]
  /** `pass` and `done`: what the role reports when all is well. `warning` and `stop`: a validator's. */
  | { readonly kind: 'word'; readonly word: (typeof WORDS)[number]; readonly via: Via | null };

export type ReviewForm = Extract<ReportForm, { kind: 'review' }>;
export type FindingForm = FieldValues<typeof findingFields>;

const WORDS = ['pass', 'warning', 'stop', 'done'] as const;
const KINDS = Object.keys(FORMS) as FormKind[];

export const reportForm: Reader<ReportForm> = (node, notes) => {
  const value = notes.visit(node);
  if (isScalar(value) && value.value !== null) {
    const word = oneOf(WORDS)(node, notes);
    return word === undefined ? undefined : { kind: 'word', word, via: null };
  }
  const kind = isMap(value) ? value.get('kind') : undefined;
  const known = KINDS.find((name) => name === kind);
  if (known !== undefined) return readForm(known, node, notes);
  if (kind === undefined)
    notes.note(node, `a report needs a "kind": ${KINDS.join(', ')}; or is ${WORDS.join(', ')}`);
  else
    notes.note(
      isMap(value) ? (value.get('kind', true) ?? node) : node,
      `unknown kind of report ${describeKind(kind)} (known: ${KINDS.join(', ')}; a plan has its own step)`,
    );
  return undefined;
};

function readForm(kind: FormKind, node: ScriptNode, notes: ReadingNotes): ReportForm | undefined {
  const values = FORMS[kind](node, notes);
  return values === undefined ? undefined : ({ ...values, kind } as ReportForm);
}

function describeKind(kind: unknown): string {
  return typeof kind === 'string' ? `"${kind}"` : 'that is no text';
}

/** `closed` or `open` for all findings that were open, or one by one. */
function verdicts(
  node: ScriptNode,
  notes: ReadingNotes,
): 'closed' | 'open' | readonly FieldValues<typeof verdictFields>[] | undefined {
  const value = notes.visit(node);
  if (isScalar(value)) return oneOf(['closed', 'open'])(node, notes);
  return list(record(verdictFields))(node, notes);
}
