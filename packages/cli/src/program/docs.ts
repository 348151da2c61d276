/** A command's help: what it does in a line, more about it, and at least one example. */
export function docs(
  brief: string,
  examples: readonly [string, ...string[]],
  details: readonly string[] = [],
): { readonly brief: string; readonly fullDescription: string } {
  const lines = [`${brief}.`, ...details, '', 'EXAMPLES', ...examples.map((example) => `  ${example}`)];
  return { brief, fullDescription: lines.join('\n') };
}

/** How every reading command prints for programs. */
const JSON_BRIEF = 'Print JSON, one value a line; errors too, on stderr';

export const jsonFlag = { kind: 'boolean', brief: JSON_BRIEF, default: false, withNegated: false } as const;

/** A switch that is off when it is not given. */
export function flag(brief: string): { kind: 'boolean'; brief: string; default: false; withNegated: false } {
  return { kind: 'boolean', brief, default: false, withNegated: false };
}

const text = (input: string): string => input;

/** A flag with a value that may be left out. */
export function option(
  brief: string,
  placeholder: string,
): { kind: 'parsed'; parse: (input: string) => string; brief: string; placeholder: string; optional: true } {
  return { kind: 'parsed', parse: text, brief, placeholder, optional: true };
}
