import type { ErrorData, ErrorPlace } from '@tina/contract';
import { plain, plainLines } from './plain.ts';
import { createStyle } from './style.ts';

export interface ErrorRendering {
  readonly json: boolean;
  readonly colour: boolean;
}

/**
 * How every error reaches a person: what happened, where, why, and what to type. As JSON it is one line with the same
 * fields: `{"error":{"code","message","place","details","next"}}`.
 */
export function renderError(error: ErrorData, { json, colour }: ErrorRendering): string {
  if (json) return `${JSON.stringify({ error })}\n`;
  const style = createStyle(colour);
  const lines = [`${style.red(style.bold('error:'))} ${plain(error.message)}`];
  const place = placeText(error.place);
  if (place !== null) lines.push(`  at ${place}`);
  for (const detail of error.details) lines.push(...plainLines(detail).map((line) => `  ${line}`));
  error.next.forEach((next, index) =>
    lines.push(`${index === 0 ? style.bold('next:') : '     '} ${plain(next)}`),
  );
  return `${lines.join('\n')}\n`;
}

/** `/p/.tina/config.yaml:3:5 (checks[0].command)`; null when nothing is known. */
export function placeText(place: ErrorPlace | null): string | null {
  if (place === null) return null;
  const position = [place.line, place.column].flatMap((part) => (part === null ? [] : [`:${part}`])).join('');
  const field = place.field === null ? '' : `(${place.field})`;
  const text = [place.file === null ? '' : `${place.file}${position}`, field]
    .filter((part) => part !== '')
    .join(' ');
  return text === '' ? null : plain(text);
}
