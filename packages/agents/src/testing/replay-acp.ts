// Plays a recording of an agent that speaks the Agent Client Protocol: to each request it says what the agent said up to its
// answer. What the agent asked on the way is asked as well. A recording that breaks off ends the process there.
//
//   node replay-acp.ts <recording>
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

interface Message {
  readonly id?: number | string;
  readonly method?: string;
}

const lines = readFileSync(process.argv[2] ?? '', 'utf8')
  .split('\n')
  .filter((line) => line !== '');
let next = 0;

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line) as Message;
  if (id === undefined || method === undefined || method === 'session/cancel') return;
  while (next < lines.length) {
    const said = lines[next] ?? '';
    next += 1;
    process.stdout.write(`${said}\n`);
    const message = JSON.parse(said) as Message;
    if (message.id === id && message.method === undefined) return;
  }
  process.exit(1);
});
