import {
  ArgumentScannerError,
  formatMessageForArgumentScannerError,
  help,
  text_en,
  type Application,
  type ApplicationText,
} from '@stricli/core';
import { nearest, TinaError, UsageError } from '@tina/contract';
import type { CliContext } from './context.ts';
import { routesFor } from './routes.ts';

/** How names are written and read: `dryRun` in code is `--dry-run` on the command line. */
const NAMES = { scanner: 'allow-kebab-for-camel', documentation: 'convert-camel-to-kebab' } as const;
const FORMATTING = {
  caseStyle: NAMES.documentation,
  useAliasInUsageLine: false,
  onlyRequiredInUsageLine: false,
};

/**
 * The program. Nothing is written where it fails: every error is given to `fail`, so that one place renders them all.
 * Put together by hand: Stricli's buildApplication looks through every command for names that collide, which each start
 * would pay for; a test does it instead.
 */
export function createApplication(
  commandLine: readonly string[],
  fail: (error: TinaError) => void,
): Application<CliContext> {
  const defaultText = errorsTo(commandLine, fail);
  return {
    root: routesFor(commandLine),
    defaultText,
    config: {
      name: 'tina',
      scanner: {
        caseStyle: NAMES.scanner,
        allowArgumentEscapeSequence: true,
        // What git uses.
        distanceOptions: {
          threshold: 7,
          weights: { insertion: 1, deletion: 3, substitution: 2, transposition: 0 },
        },
      },
      // eslint-disable-next-line typescript/no-deprecated -- the type asks for it
      documentation: { ...FORMATTING, alwaysShowHelpAllFlag: false, disableAnsiColor: false },
      completion: { includeAliases: false, includeHiddenRoutes: false },
      localization: { text: defaultText },
      determineExitCode: exitCodeOf,
    },
    integrations: wantsHelp(commandLine)
      ? { help: help({ brief: text_en.briefs.help, defaultForRouteMap: true, formatting: FORMATTING }) }
      : {},
  };
}

/** Commands that have commands of their own. */
const GROUPS: ReadonlySet<string> = new Set(['daemon', 'harness', 'report']);

/**
 * Whether `--help` may be asked for or proposed. Without it Stricli does not look for flags where the command is looked for,
 * which takes as long as running a command.
 */
function wantsHelp(commandLine: readonly string[]): boolean {
  const [name = ''] = commandLine;
  return GROUPS.has(name) || name === '' || commandLine.some((word) => /^-(?:-?$|-h|[A-Za-z]*h)/.test(word));
}

/** Refusals of the daemon that are about what was typed. */
const USAGE_CODES: ReadonlySet<string> = new Set(['bad_input', 'bad_feature_name', 'no_feature_name']);

/** 2: what was typed is wrong, whoever noticed it. 1: anything else. */
function exitCodeOf(error: unknown): number {
  return error instanceof UsageError || (error instanceof TinaError && USAGE_CODES.has(error.code)) ? 2 : 1;
}

function errorsTo(commandLine: readonly string[], fail: (error: TinaError) => void): ApplicationText {
  const help = `tina ${commandName(commandLine)}--help`;
  const failed = (error: unknown): string => {
    fail(toTinaError(error));
    return '';
  };
  return {
    ...text_en,
    exceptionWhileParsingArguments: (error) =>
      failed(new UsageError({ code: 'usage', message: sentence(error), next: [help] })),
    noCommandRegisteredForInput: ({ input, corrections }) =>
      failed(
        new UsageError({
          code: 'unknown_command',
          message: `There is no command ${JSON.stringify(input)}${didYouMean(input, corrections)}`,
          next: ['tina --help'],
        }),
      ),
    exceptionWhileLoadingCommandFunction: failed,
    exceptionWhileLoadingCommandContext: failed,
    exceptionWhileRunningCommand: failed,
    commandErrorResult: failed,
  };
}

/** Up to two leading words that are no options, with a space after each: `daemon stop `. */
function commandName(commandLine: readonly string[]): string {
  const [first, second] = commandLine;
  if (first === undefined || first.startsWith('-')) return '';
  return GROUPS.has(first) && second !== undefined && !second.startsWith('-')
    ? `${first} ${second} `
    : `${first} `;
}

function sentence(error: unknown): string {
  if (!(error instanceof ArgumentScannerError)) return error instanceof Error ? error.message : String(error);
  return formatMessageForArgumentScannerError(error, {
    ArgumentParseError: ({ externalFlagNameOrPlaceholder: name, input, exception }) => {
      const reason = exception instanceof Error ? exception.message : String(exception);
      return `${name} ${reason}, not ${JSON.stringify(input)}`;
    },
  });
}

/** Stricli's corrections are far-fetched for a short word. */
function didYouMean(input: string, corrections: readonly string[]): string {
  const near = corrections
    .map((correction) => correction.replaceAll('`', ''))
    .filter((name) => name.startsWith(input) || nearest(input, [name]) !== null);
  return near.length === 0 ? '.' : `; did you mean ${near.join(' or ')}?`;
}

function toTinaError(error: unknown): TinaError {
  if (error instanceof TinaError) return error;
  if (isNamed(error))
    return new TinaError({ code: error.code, message: error.message, next: error.next, cause: error });
  return new TinaError({
    code: 'internal',
    message: `Tina made a mistake: ${error instanceof Error ? error.message : String(error)}`,
    details: error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 8) : [],
    next: ['report it with the lines above and  tina doctor --json'],
    cause: error,
  });
}

/** The store's errors say what happened and what to do; their class is not loaded for every command. */
function isNamed(
  error: unknown,
): error is Error & { readonly code: string; readonly next: readonly string[] } {
  const { code, next } = error as { readonly code?: unknown; readonly next?: unknown };
  return error instanceof Error && typeof code === 'string' && Array.isArray(next);
}
