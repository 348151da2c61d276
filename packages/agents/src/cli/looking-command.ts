/**
 * Whether a shell command only looks: every program in it is known to change nothing, and what it is told as well. A command
 * that this does not understand counts as one that changes something. It holds up agents that forget what they may; one that
 * means harm meets the checks at commit and merge.
 */
export function isLookingCommand(command: string): boolean {
  const parts = splitCommand(command);
  return parts !== null && parts.length > 0 && parts.every(looks);
}

/** The words of each program that a command line starts; null when the shell would do more than start them. */
function splitCommand(command: string): readonly (readonly string[])[] | null {
  const plain = command.replaceAll(PLAIN_INPUT, ' ').replaceAll(HARMLESS_REDIRECTION, ' ').trim();
  const parts: string[][] = [[]];
  let at = 0;
  while (at < plain.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(plain);
    if (match === null) return null;
    at = TOKEN.lastIndex;
    const { separator, word } = match.groups ?? {};
    if (separator !== undefined) parts.push([]);
    else if (word !== undefined) parts.at(-1)?.push(unquote(word));
  }
  return parts.filter((words) => words.length > 0);
}

/** A text that is handed to a program's stdin as it is: `<<'EOF'`, and the lines to EOF. */
const PLAIN_INPUT = /<<\s*(['"])(\w+)\1\n(?:[^]*?\n)?\2[ \t]*(?=\n|$)/g;

/** What throws output away, or puts stderr to stdout. */
const HARMLESS_REDIRECTION = /(?<=\s|^)(?:[12&]?>\s*\/dev\/null|2>&1)(?=\s|$|[;|&])/g;

/** Blanks, what stands between two programs, or a word: bare, in single quotes, or in double ones without an expansion. */
const TOKEN =
  /(?<blank>[ \t]+)|(?<separator>&&|\|\||[|;\n])|(?<word>(?:[^\s'"\\`$<>;&|(){}]|'[^']*'|"[^"\\`$]*")+)/y;

function unquote(word: string): string {
  return word.replaceAll(
    /'([^']*)'|"([^"]*)"/g,
    (_all, single?: string, double?: string) => single ?? double ?? '',
  );
}

/** They read files or stdin and write to stdout, whatever they are told. */
const LOOKERS: ReadonlySet<string> = new Set(
  (
    'basename cat cd cmp comm cut df diff dirname du echo egrep fgrep grep head id jq ls md5sum nl od paste printf ' +
    'pwd readlink realpath sha256sum stat tac tail test tina tr true uname wc which whoami'
  ).split(' '),
);

const GIT_LOOKERS: ReadonlySet<string> = new Set(
  (
    'blame cat-file check-ignore describe diff diff-tree for-each-ref grep log ls-files ls-tree merge-base name-rev ' +
    'rev-list rev-parse shortlog show show-ref status'
  ).split(' '),
);

/** Arguments by which a program that looks writes a file or starts another program. */
const BUSY_ARGUMENTS: ReadonlyMap<string, RegExp> = new Map([
  ['find', /^-(?:exec|execdir|ok|okdir|delete|fprint0?|fprintf|fls)$/],
  ['rg', /^--(?:pre|hostname-bin)(?:=|$)/],
  ['sort', /^(?:-[a-zA-Z]*[oT]|--o|--c|--t)/],
  ['git', /^(?:--out|--open|-O|--ext|--textconv|--filters|--exec|--config|-c$)/],
]);

function looks(words: readonly string[]): boolean {
  const [program = '', ...args] = words;
  const busy = BUSY_ARGUMENTS.get(program);
  if (busy !== undefined && args.some((argument) => busy.test(argument))) return false;
  if (program === 'git') return looksWithGit(args);
  if (program === 'sed') return args[0] === '-n' && /^\d+(?:,(?:\d+|\$))?p$/.test(args[1] ?? '');
  return LOOKERS.has(program) || busy !== undefined;
}

function looksWithGit(args: readonly string[]): boolean {
  const [first = '', second = ''] = args;
  if (first === '-C') return looksWithGit(args.slice(second === '' ? 1 : 2));
  if (first === '--no-pager' || first === '-P') return looksWithGit(args.slice(1));
  return GIT_LOOKERS.has(first);
}
