// npm run build: bundles the programs into dist/, also when nothing changed.
import { prepare, runBuild } from './lib/prepare.mjs';

process.exitCode = runBuild(prepare()) ? 0 : 1;
