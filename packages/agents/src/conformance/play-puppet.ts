import { puppet } from '../testing/puppet.ts';
import type { Behaviour } from './agent-under-test.ts';

const DONE = `fs.writeFileSync('made.txt', 'made'); answer('at work'); finish('all done');`;

const BODIES: Readonly<Record<Behaviour, string>> = {
  reports: DONE,
  'repeats-message': `fs.writeFileSync('message.txt', text); ${DONE}`,
  'tells-environment': `
    const lines = Object.entries(process.env).map(([name, value]) => name + '=' + value);
    fs.writeFileSync('environment.txt', lines.join('\\n')); ${DONE}`,
  crashes: `console.error('boom'); process.exit(3);`,
  'leaves-early': `process.exit(0);`,
  hangs: `answer('hanging');`,
  'hangs-deaf': `process.on('SIGTERM', () => {}); answer('hanging');`,
  'prints-garbage': `
    await new Promise((done) => process.stdout.write(require('crypto').randomBytes(100_000), done));
    await new Promise((done) => process.stdout.write('\\n{}\\n[]\\nnull\\n', done)); ${DONE}`,
  floods: `
    for (let count = 0; count < 200; count += 1) {
      answer('x'.repeat(100_000));
      await new Promise((done) => process.stdout.write('\\n', done));
    }
    ${DONE}`,
  'leaves-child': `require('child_process').spawn('sleep', ['300'], { stdio: 'ignore' }); ${DONE}`,
  'meets-limit': `limit(Math.floor(Date.now() / 1000) + 60);`,
  'reports-nonsense': `finish('I think that I am finished');`,
};

/**
 * A command that behaves so in an agent CLI's place, for what needs no model behind it. `speak` is JavaScript that knows the
 * protocol: it calls `onTurn(text)` for each turn and defines `answer(text)`, `finish(text)` and `limit(resetSeconds)`.
 */
export function playPuppet(behaviour: Behaviour, speak: string): string[] {
  const begin = `const fs = require('fs'); let onTurn;`;
  return puppet(`${begin}\n${speak}\nonTurn = async (text) => { ${BODIES[behaviour]} };`);
}
