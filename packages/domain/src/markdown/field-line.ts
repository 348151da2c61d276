/** A line that begins with a label: `**Model:** haiku`, `- **Model**: haiku`, `Model: haiku`. */
export interface FieldLine {
  /** In lower case with single spaces. */
  readonly label: string;
  readonly value: string;
  readonly isBold: boolean;
  readonly isBullet: boolean;
  readonly indent: number;
}

const BULLET = /^\s*(?:[-*+•]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?(?<text>.*)$/;

// The label's length is bounded, so that a long line of blanks is read in linear time.
const BOLD_LABEL =
  /^(?:\*\*?|__?)(?<label>[a-z][a-z _-]{0,40})(?::\s*(?:\*\*?|__?)|(?:\*\*?|__?)\s*:)(?<value>.*)$/i;
const PLAIN_LABEL = /^(?<label>[a-z][a-z _-]{0,40}):(?<value>\s.*|)$/i;

export function readFieldLine(line: string): FieldLine | null {
  const item = readListItem(line);
  const text = item ?? line.trimStart();
  const bold = BOLD_LABEL.exec(text);
  const match = bold ?? PLAIN_LABEL.exec(text);
  if (!match) return null;
  const { label, value } = match.groups as { label: string; value: string };
  return {
    label: label
      .toLowerCase()
      .replace(/[\s_-]+/g, ' ')
      .trim(),
    value: value.trim(),
    isBold: bold !== null,
    isBullet: item !== null,
    indent: indentOf(line),
  };
}

/** The text of a line of a list, without bullet and check box; null for any other line. */
export function readListItem(line: string): string | null {
  const match = BULLET.exec(line);
  return match ? (match.groups as { text: string }).text.trim() : null;
}

export function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
