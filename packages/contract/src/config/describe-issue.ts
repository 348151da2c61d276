import type { z } from 'zod';
import type { ErrorData, ErrorPlace } from '../error/tina-error.ts';
import { fieldText, valueAt, type ConfigDocument, type ConfigPath } from './config-document.ts';
import { knownKeys } from './known-keys.ts';
import { nearest } from './nearest.ts';

type Issue = z.core.$ZodIssue;

/** Turns what the schema says into what a person reads: place, field, what is wrong, what was probably meant. */
export function describeIssue(issue: Issue, document: ConfigDocument): ErrorData[] {
  return describe(issue, issue.path, document);
}

function describe(issue: Issue, path: ConfigPath, document: ConfigDocument): ErrorData[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(document.placeOfKey(path, key), path, key));
  }
  const found = valueAt(document.value, path);
  const place = document.placeOf(path);
  const field = fieldText(path) ?? 'the file';
  if (found === undefined) {
    const next = field === 'version' ? ['add the line  version: 1'] : [];
    return [error('config_missing', `${field} is missing`, place, next)];
  }
  const wrong = (text: string): ErrorData[] => [error('config_wrong_value', `${field} ${text}`, place, [])];
  if (found === null) return wrong('is empty: give it a value, or leave the line out');
  switch (issue.code) {
    case 'invalid_union':
      return (
        describeUnion(issue, path, found, document) ??
        wrong(`must be ${unionNames(issue)}, not ${show(found)}`)
      );
    case 'invalid_type':
      // A message of the schema's own says more than the type: `must be a duration such as 30s`.
      if (issue.message.startsWith('must ')) return wrong(`${issue.message}, not ${show(found)}`);
      return wrong(`must be ${typeName(issue.expected)}, not ${show(found)}`);
    case 'invalid_value':
      return wrong(oneOf(issue.values.map(String), found));
    case 'too_small':
      return wrong(
        issue.origin === 'int' || issue.origin === 'number'
          ? `must be at least ${issue.minimum}`
          : 'must not be empty',
      );
    case 'too_big':
      return wrong(`must be at most ${issue.maximum}`);
    case 'invalid_key':
      return wrong(issue.issues[0]?.message ?? issue.message);
    case 'custom':
    case 'invalid_format':
    case 'invalid_element':
    case 'not_multiple_of':
      return wrong(issue.message);
  }
}

type UnionIssue = Extract<Issue, { code: 'invalid_union' }>;

/** The findings of the form that was meant; null when the value has none of the forms. */
function describeUnion(
  issue: UnionIssue,
  path: ConfigPath,
  found: unknown,
  document: ConfigDocument,
): ErrorData[] | null {
  if (issue.discriminator !== undefined) {
    const options = 'options' in issue ? (issue.options ?? []) : [];
    const text = oneOf(options.map(String), found);
    return [error('config_wrong_value', `${fieldText(path)} ${text}`, document.placeOf(path), [])];
  }
  const meant = issue.errors.find(
    (branch) => !branch.some((one) => one.code === 'invalid_type' && one.path.length === 0),
  );
  return meant?.flatMap((one) => describe(one, [...path, ...one.path], document)) ?? null;
}

function unionNames(issue: UnionIssue): string {
  const names = issue.errors.flatMap((branch) =>
    branch.flatMap((one) => ('expected' in one ? [typeName(one.expected)] : [])),
  );
  return names.join(' or ');
}

/** Settings of earlier versions, with what to write instead. */
const MOVED: Readonly<Record<string, string>> = {
  'models.roles': 'write  roles: { planner: { model: opus } }  at the top, with an agent too where you like',
};

function unknownKey(place: ErrorPlace, path: ConfigPath, key: string): ErrorData {
  const field = fieldText([...path, key]);
  const moved = field === null ? undefined : MOVED[field];
  if (moved !== undefined)
    return error('config_unknown_key', `${field} is not a setting any more`, place, [moved]);
  const known = knownKeys(path);
  const meant = nearest(key, known);
  const hint = meant === null ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`;
  return error('config_unknown_key', `${field} is not a setting; ${hint}`, place, []);
}

function oneOf(values: readonly string[], found: unknown): string {
  const meant = typeof found === 'string' ? nearest(found, values) : null;
  const wanted = values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(', ')}`;
  return `${wanted}, not ${show(found)}${meant === null ? '' : `; did you mean ${meant}?`}`;
}

function typeName(expected: string): string {
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    int: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a mapping (key: value)',
    record: 'a mapping (key: value)',
  };
  return names[expected] ?? expected;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function error(code: string, message: string, place: ErrorPlace, next: readonly string[]): ErrorData {
  return { code, message, place, details: [], next };
}
