import { run } from '@stricli/core';
import { TinaError, UsageError } from '@tina/contract';
import { wantsColour } from './output/style.ts';
import { createApplication } from './program/application.ts';
import { fitHelp } from './program/fit-help.ts';
import { inheritedOption } from './program/inherited-option.ts';
import { allRoutes } from './program/routes.ts';
import type { CliContext } from './program/context.ts';
import type { CliIo } from './terminal/io.ts';

export interface CliOptions {
  readonly version: string;
  /** What a daemon is started with; default: this program. */
  readonly daemonProgram?: readonly string[];
}

/** Runs one command line and answers with its exit code: 0 done, 1 not done, 2 wrong usage, or the command's own. */
export async function runCli(
  commandLine: readonly string[],
  io: CliIo,
  options: CliOptions,
): Promise<number> {
  const [first, ...rest] = commandLine;
  // `tina help status` is what people try.
  const args = first === 'help' && rest.length > 0 ? [...rest, '--help'] : commandLine;
  if (asksForHelp(args)) {
    const { rootHelp } = await import('./program/root-help.ts');
    io.stdout.write(rootHelp(allRoutes()));
    return 0;
  }
  const context = createContext(io, options);
  if (first === '__complete') return complete(context, rest);
  const errors: TinaError[] = [];
  const inherited = inheritedOption(args);
  if (inherited === null) {
    await run(
      createApplication(args, (error) => errors.push(error)),
      args,
      context,
    );
  } else errors.push(unknownOption(inherited));
  const error = merge(errors);
  if (error !== null) {
    const { renderError } = await import('./output/render-error.ts');
    io.stderr.write(
      renderError(error.toData(), { json: args.includes('--json'), colour: wantsColour(io, io.stderr) }),
    );
  }
  return inherited === null ? exitCode(context.process.exitCode) : 2;
}

/** What the completion scripts call, with the words up to the cursor, the last of them partial. */
async function complete(context: CliContext, words: readonly string[]): Promise<number> {
  const { proposals } = await import('./completion/proposals.ts');
  const lines = await proposals(context, (inputs) => createApplication(inputs, () => {}), words);
  context.io.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return 0;
}

function asksForHelp(args: readonly string[]): boolean {
  const [first] = args;
  return first === undefined || (args.length === 1 && ['--help', '-h', 'help'].includes(first));
}

function createContext(io: CliIo, { version, daemonProgram }: CliOptions): CliContext {
  return {
    process: {
      // Help alone is written here.
      stdout: {
        write: (text) => io.stdout.write(fitHelp(text, io.stdout.columns)),
        getColorDepth: () => (wantsColour(io, io.stdout) ? 8 : 1),
      },
      // Only errors would be written here, and those are rendered in one place.
      stderr: { write: () => {} },
      env: {},
    },
    io,
    version,
    daemonProgram,
  };
}

function unknownOption(option: string): TinaError {
  return new UsageError({
    code: 'usage',
    message: `No flag registered for ${option}`,
    next: ['tina --help'],
  });
}

/** Several wrong arguments are one error. */
function merge(errors: readonly TinaError[]): TinaError | null {
  const [first, ...others] = errors;
  if (first === undefined || others.length === 0) return first ?? null;
  return TinaError.fromData({ ...first.toData(), details: others.map((error) => error.message) });
}

/** Stricli's own codes are negative: -4 and -5 are wrong usage. */
function exitCode(code: number | string | null | undefined): number {
  const number = Number(code ?? 0);
  if (number >= 0) return number;
  return number === -4 || number === -5 ? 2 : 1;
}
