import { rowsOf as rowsOfLine } from './crop.ts';

const ESC = '\u001B[';

/**
 * What turns one frame on the screen into the next: the cursor stands below the last line of `before` and ends below the
 * last of `after`. Lines that did not change are not written. A line may be wider than the screen and take several rows.
 */
export function diffFrames(before: readonly string[], after: readonly string[], width: number): string {
  const rowsOf = (line: string): number => rowsOfLine(line, width);
  const fits = (index: number): boolean => {
    const [old, line] = [before[index], after[index]];
    if (old === undefined || line === undefined) return false;
    return old === line || (rowsOf(old) === 1 && rowsOf(line) === 1);
  };
  const parts: string[] = [];
  let row = sum(before.map(rowsOf));
  const moveTo = (target: number): void => {
    if (target < row) parts.push(`${ESC}${row - target}A\r`);
    else if (target > row) parts.push(`${ESC}${target - row}B\r`);
    row = target;
  };
  let index = 0;
  let top = 0;
  for (; fits(index); index++) {
    const line = after[index] ?? '';
    if (line !== before[index]) {
      moveTo(top);
      // Erased first: after a line that fills its row, erasing to the right would take its last character.
      parts.push(`${ESC}2K${line}\r\n`);
      row = top + 1;
    }
    top += rowsOf(line);
  }
  moveTo(top);
  if (index < before.length) parts.push(`${ESC}J`);
  parts.push(...after.slice(index).map((line) => `${line}\r\n`));
  return parts.join('');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
