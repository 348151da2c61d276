// Starts a server that is to run in a network of its own, `nsenter ... -- <program> <arguments>`, and makes the address that it
// prints one that can be reached from here. What stands before no `--` is started as it is.
//
//   node reachable-server.ts <command that enters the network> -- <program> [argument ...]
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [program = '', ...args] = process.argv.slice(2);
const prefix = process.argv.slice(2, process.argv.indexOf('--') + 1);
const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
const folder = mkdtempSync(join(tmpdir(), 'reach-'));
const socketPath = join(folder, 'server.sock');

/** Leads from a socket, which any network can reach, to a port. */
const INSIDE = `
const { connect, createServer } = require('net');
const [socketPath, port] = process.argv.slice(1);
createServer((from) => {
  const to = connect(Number(port), '127.0.0.1');
  from.pipe(to).pipe(from);
  from.on('error', () => to.destroy()).on('close', () => to.destroy());
  to.on('error', () => from.destroy()).on('close', () => from.destroy());
}).listen(socketPath, () => console.log('listening'));
`;

/** The port of this network that leads to a port of the other one. */
async function reach(port: string): Promise<number> {
  const [enter = '', ...before] = prefix;
  const inside = spawn(enter, [...before, process.execPath, '-e', INSIDE, socketPath, port], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => {
    inside.stdout.once('data', resolve);
  });
  const outside = createServer((from) => {
    const to = connect(socketPath);
    from.pipe(to).pipe(from);
    from.on('error', () => to.destroy()).on('close', () => to.destroy());
    to.on('error', () => from.destroy()).on('close', () => from.destroy());
  });
  await new Promise<void>((resolve) => {
    outside.listen(0, '127.0.0.1', resolve);
  });
  child.once('exit', () => inside.kill());
  return (outside.address() as AddressInfo).port;
}

let printed = '';
child.stdout.setEncoding('utf8').on('data', (text: string) => {
  printed += text;
  const address = /http:\/\/127\.0\.0\.1:(\d+)/.exec(printed);
  const end = printed.lastIndexOf('\n') + 1;
  if (end === 0) return;
  const lines = printed.slice(0, end);
  printed = printed.slice(end);
  if (address?.[1] === undefined || prefix.length === 0) return void process.stdout.write(lines);
  void reach(address[1]).then((port) =>
    process.stdout.write(lines.replace(address[0], `http://127.0.0.1:${port}`)),
  );
});

child.once('exit', (exitCode, signal) => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(signal === null ? (exitCode ?? 1) : 1);
});
process.on('SIGTERM', () => child.kill('SIGTERM'));
