// A program that behaves as `tina daemon run` does for the tests of starting one: what it does is told by DAEMON_TEST.
import { appendFileSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const state = join(process.env.TINA_HOME, 'state');
const plan = process.env.DAEMON_TEST ?? '';
appendFileSync(join(state, 'starts'), `${process.argv.slice(2).join(' ')} cwd=${process.cwd()} attempt=${process.env.TINA_ATTEMPT}\n`);

if (plan.includes('dies')) {
  console.error('cannot open the store:\n  disk I/O error');
  process.exit(1);
}
if (plan.includes('hangs')) await new Promise((resolve) => setTimeout(resolve, 60_000));
try {
  openSync(join(state, 'daemon.lock'), 'wx');
} catch {
  process.exit(75);
}
rmSync(join(state, 'daemon.sock'), { force: true });
const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.setEncoding('utf8');
  socket.on('data', (text) => {
    for (const line of text.split('\n').filter(Boolean)) {
      const { id, call } = JSON.parse(line);
      const status = { pid: process.pid, version: '1.2.3', startedAt: 0, home: state, socket: '', activeRuns: 0 };
      const result = call === 'daemon.status' ? { ...status, activeAttempts: 0, queuedJobs: 0, memoryBytes: 5e7 } : [];
      socket.write(`${JSON.stringify({ id, result })}\n`);
      if (call === 'daemon.stop') process.exit(0);
    }
  });
});
server.listen(join(state, 'daemon.sock'));
setTimeout(() => process.exit(0), 20_000);
