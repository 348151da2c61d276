import { collectFields, type Field, type FieldLabels } from '../markdown/fields.ts';
import type { LineRange, Outline } from '../markdown/outline.ts';
import type { Finding, SuccessMetrics } from './design.ts';
import { warningFinding } from './finding.ts';

const LABELS: FieldLabels = new Map([
  ['goal', { name: 'Goal', reach: 'text' }],
  ['baseline command', { name: 'Baseline command', reach: 'code' }],
  ['progress command', { name: 'Progress command', reach: 'code' }],
  ['roi threshold', { name: 'ROI threshold', reach: 'text' }],
]);

// The fence's length is bounded, so that a long row of backticks is read in linear time.
const INLINE_CODE = /(?<fence>`{1,8})(?<code>[^`]+)\k<fence>/;

/** Reads the section "Success Metrics", whose heading stands on `line` and whose text in `range`. */
export function readSuccessMetrics(
  outline: Outline,
  line: number,
  range: LineRange,
): { metrics: SuccessMetrics; warnings: Finding[] } {
  const { fields, doubles } = collectFields(outline, range, LABELS);
  const warnings = doubles.map((double) =>
    warningFinding(
      'metric_double',
      double.line,
      `"${double.name}" stands on line ${double.firstLine} already; that one counts.`,
    ),
  );
  if (fields.size === 0) {
    warnings.push(
      warningFinding(
        'no_metric',
        line,
        `None of ${[...LABELS.values()].map((field) => `"**${field.name}:**"`).join(', ')} was found in this section.`,
      ),
    );
  }
  const command = (name: string): string | null => {
    const field = fields.get(name);
    if (!field) return null;
    const code = commandOf(field);
    if (code === null) {
      warnings.push(
        warningFinding(
          'command_not_code',
          field.line,
          `"${name}" is followed by no code and is left out. Write the command in backticks or in a code block.`,
        ),
      );
    }
    return code;
  };
  const metrics = {
    goal: textOfField(fields.get('Goal')),
    baselineCommand: command('Baseline command'),
    progressCommand: command('Progress command'),
    roiThreshold: textOfField(fields.get('ROI threshold')),
  };
  return { metrics, warnings };
}

function textOfField(field: Field | undefined): string | null {
  return field === undefined || field.value === '' ? null : field.value;
}

function commandOf(field: Field): string | null {
  const inline = INLINE_CODE.exec(field.value);
  const code = inline ? (inline.groups as { code: string }).code : field.code;
  return code === null || code.trim() === '' ? null : code.trim();
}
