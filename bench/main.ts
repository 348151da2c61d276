import { benchHandover } from './handover.ts';
import { benchIdle } from './idle.ts';
import { benchMemory } from './memory.ts';
import { benchStart } from './start.ts';

/** Every benchmark by its name; each prints its own table. */
const BENCHMARKS: Readonly<Record<string, () => Promise<void>>> = {
  start: benchStart,
  handover: benchHandover,
  memory: benchMemory,
  idle: benchIdle,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in BENCHMARKS));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no benchmark ${unknown.join(', ')}.\nnext: npm run bench -- ${Object.keys(BENCHMARKS).join(' ')}\n`,
  );
  process.exitCode = 2;
} else {
  for (const [name, run] of Object.entries(BENCHMARKS)) {
    if (wanted.length === 0 || wanted.includes(name)) await run();
  }
}
