import type { Finding } from '../design/design.ts';
import { errorFinding } from '../design/finding.ts';
import type { FieldsOfSection } from '../markdown/fields.ts';
import type { Read } from './field-values.ts';

/** The value of a field by its name; `missing` where it is not there, or cannot be read. */
export type FieldReader = <T>(
  name: string,
  parse: (value: string, items: readonly string[]) => Read<T>,
  missing: T,
) => T;

/** Reads a section's fields by name and collects what is wrong with them. */
export function fieldReader({ fields, doubles }: FieldsOfSection, findings: Finding[]): FieldReader {
  for (const { name, line, firstLine } of doubles) {
    const message = `"${name}" stands on line ${firstLine} already. Keep one of them.`;
    findings.push(errorFinding('field_double', line, message));
  }
  return (name, parse, missing) => {
    const field = fields.get(name);
    if (!field) return missing;
    const { value, problem } = parse(field.value, field.items);
    if (problem !== null) findings.push(errorFinding('field_value', field.line, `${name}: ${problem}`));
    return value ?? missing;
  };
}
