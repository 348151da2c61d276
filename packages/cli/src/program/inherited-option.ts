/** Names that every object has. Stricli looks options up in objects, and finds these although no command has them. */
const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/** The first option that only seems to be one, such as `--toString` or `--no-to-string`; null when there is none. */
export function inheritedOption(args: readonly string[]): string | null {
  const end = args.indexOf('--');
  const words = end === -1 ? args : args.slice(0, end);
  return (
    words.find((word) => word.startsWith('--') && namesOf(word).some((name) => INHERITED.has(name))) ?? null
  );
}

function namesOf(word: string): readonly string[] {
  const [name = ''] = word.slice(2).split('=');
  return [name, name.replace(/^no-?/, '')].flatMap((each) => {
    const camel = each.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return [each, camel, camel.charAt(0).toLowerCase() + camel.slice(1)];
  });
}
