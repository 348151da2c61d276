import type { ErrorData } from '@tina/contract';
import { createStyle } from './style.ts';

/** An error as every command of Tina's shows it: what, where, why, and what to type. */
export function renderError(error: ErrorData, colour: boolean): string {
  const style = createStyle(colour);
  const { file, line, column } = error.place ?? { file: null, line: null, column: null };
  const position = [file, line, column].filter((part) => part !== null).join(':');
  const [first, ...others] = error.next;
  return [
    `${style.bold(style.red('error:'))} ${error.message}`,
    ...(position === '' ? [] : [`  at ${position}`]),
    ...error.details.map((detail) => `  ${detail}`),
    ...(first === undefined ? [] : [`${style.bold('next:')} ${first}`]),
    ...others.map((next) => `      ${next}`),
    '',
  ].join('\n');
}
