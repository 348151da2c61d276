import type { CliIo } from '../terminal/io.ts';

/** One JSON value, one line: the form of every `--json`. The values are the contract's views, as the procedures answer. */
export function printJson({ stdout }: Pick<CliIo, 'stdout'>, value: unknown): void {
  stdout.write(`${JSON.stringify(value)}\n`);
}

export function printLines({ stdout }: Pick<CliIo, 'stdout'>, lines: readonly string[]): void {
  if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`);
}
