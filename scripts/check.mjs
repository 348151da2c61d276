// npm run check: the gate, under a minute.
import { gate } from './lib/gate.mjs';
import { prepare } from './lib/prepare.mjs';

const failed = await gate(prepare());
process.exitCode = failed.length === 0 ? 0 : 1;
