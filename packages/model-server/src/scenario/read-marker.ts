import type { Json } from '../scenario/step.ts';

/** What a prompt asks for: steps that stand in it, or a scenario that the server knows, with arguments. */
export type Marker =
  | { readonly kind: 'inline'; readonly steps: Json }
  | { readonly kind: 'named'; readonly name: string; readonly args: readonly Json[] };

const MARKER = /%%(?:(?=\[)|([a-z][a-z0-9-]*)(\()?)/;
const CLOSING: Readonly<Record<string, string>> = { '[': ']', '(': ')' };

/**
 * Finds `%%name`, `%%name(1, "two")` or `%%[{"kind":"text","text":"hello"}]` in a prompt. The first one counts.
 * @throws {Error} when what stands behind `%%name(` or `%%[` is no JSON.
 */
export function readMarker(prompt: string): Marker | null {
  const found = MARKER.exec(prompt);
  if (found === null) return null;
  const [whole, name, hasArguments] = found;
  const end = found.index + whole.length;
  if (name === undefined) return { kind: 'inline', steps: parse(prompt.slice(end, endOfJson(prompt, end))) };
  if (hasArguments === undefined) return { kind: 'named', name, args: [] };
  const inside = prompt.slice(end, endOfJson(prompt, end - 1) - 1);
  return { kind: 'named', name, args: parse(`[${inside}]`) as readonly Json[] };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new Error(`No JSON after %%: ${text.slice(0, 200)}`, { cause: error });
  }
}

/** The place behind the bracket that closes the one at `start`; the text's end when none does. */
function endOfJson(text: string, start: number): number {
  const opening = text[start] ?? '';
  const closing = CLOSING[opening];
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const sign = text[at];
    if (quoted) {
      if (sign === '\\') at++;
      else if (sign === '"') quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === opening) depth++;
    else if (sign === closing && --depth === 0) return at + 1;
  }
  return text.length;
}
