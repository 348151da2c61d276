import { findScenario, shippedNames } from '../scenario/find-scenarios.ts';
import { loadScenario } from '../scenario/load-scenario.ts';
import { type HarnessIo, type HarnessOptions, printJson } from './io.ts';
import { createStyle } from './style.ts';

/** `tina harness list`: the scenarios that come with Tina. */
export async function list(io: HarnessIo, { json }: HarnessOptions): Promise<number> {
  const names = await shippedNames();
  const scenarios = await Promise.all(
    names.map(async (name) => loadScenario(await findScenario(name, io.cwd), name)),
  );
  if (json) {
    for (const { name, title, expected } of scenarios)
      printJson(io, {
        name,
        title,
        expectedStatus: expected.status,
        launches: (expected.launch?.exit ?? 0) === 0,
      });
    return 0;
  }
  const style = createStyle(io.colour);
  const width = Math.max(...names.map((name) => name.length));
  for (const { name, title, expected } of scenarios) {
    const end = expected.status ?? 'not launched';
    io.out(`${style.bold(name.padEnd(width))}  ${end.padEnd(12)}  ${title}\n`);
  }
  io.out('\nnext: tina harness run <scenario>\n      tina harness new <name>      makes one of your own\n');
  return 0;
}
