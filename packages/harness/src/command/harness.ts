import { parseArgs } from 'node:util';
import { TinaError, UsageError } from '@tina/contract';
import type { HarnessIo } from './io.ts';
import { list } from './list.ts';
import { makeNew } from './new.ts';
import { renderError } from './render-error.ts';
import { report } from './report.ts';
import { run } from './run.ts';

const OPTIONS = {
  state: { type: 'string' },
  'user-config': { type: 'string' },
  colour: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  all: { type: 'boolean', default: false },
  agent: { type: 'string' },
  runs: { type: 'string', default: '1' },
  'skip-build': { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
  report: { type: 'string' },
  out: { type: 'string' },
} as const;

/** What `tina harness` starts this program with: the command line as it has read it, and where Tina's folders are. */
export function readArguments(args: readonly string[]) {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [command = '', ...names] = positionals;
  return { ...values, command, names };
}

export type HarnessArguments = ReturnType<typeof readArguments>;

/** Runs one command; the answer is its exit code: 0 done or as expected, 1 not, 2 wrong usage. */
export async function harness(given: HarnessArguments, io: HarnessIo): Promise<number> {
  try {
    return await commandOf(given, io);
  } catch (error) {
    const known = error instanceof TinaError ? error : internal(error);
    const data = known.toData();
    io.err(given.json ? `${JSON.stringify({ error: data })}\n` : renderError(data, io.colour));
    return isUsage(known) ? 2 : 1;
  }
}

function commandOf(given: HarnessArguments, io: HarnessIo): Promise<number> {
  const { json, names, command } = given;
  const options = { json, stateDir: given.state ?? '', userConfigPath: given['user-config'] ?? '' };
  switch (command) {
    case 'list':
      return list(io, options);
    case 'new':
      return makeNew(io, { ...options, name: names[0] ?? '' });
    case 'report':
      return report(io, { ...options, out: given.out });
    case 'run': {
      const { all, agent, keep, report: path, runs } = given;
      return run(io, { ...options, scenarios: names, all, agent, keep, report: path, runs: Number(runs) });
    }
    default:
      throw new UsageError({
        code: 'unknown_command',
        message: `There is no command ${JSON.stringify(command)} of the harness.`,
        next: ['tina harness --help'],
      });
  }
}

/** What was typed is wrong: the command line, or the scenario. */
function isUsage(error: TinaError): boolean {
  return error instanceof UsageError || error.code === 'unknown_scenario' || error.code === 'bad_scenario';
}

function internal(error: unknown): TinaError {
  return new TinaError({
    code: 'internal',
    message: `The harness made a mistake: ${error instanceof Error ? error.message : String(error)}`,
    details: error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 8) : [],
    next: ['report it with the lines above and  tina doctor --json'],
    cause: error,
  });
}
