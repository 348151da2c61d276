// Lives in a network of its own that has nothing but a loopback, and keeps it alive. It passes connections to the
// stand-in model on to the outside, and tells of every name that is looked up. Started by open-offline.ts.
//
//   node keeper.ts <port of the model server> <socket that leads there> <address of the name server>
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';

const [port = '', socketPath = '', nameServer = ''] = process.argv.slice(2);
const HEADER_BYTES = 12;
const NO_SUCH_NAME = 0x8183;

function tell(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

/** The name in a query of the domain name system. */
function nameIn(query: Buffer): string {
  const labels: string[] = [];
  for (let at = HEADER_BYTES; at < query.length;) {
    const length = query[at] ?? 0;
    if (length === 0) break;
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return labels.join('.');
}

const names = createSocket('udp4');
names.on('message', (query, from) => {
  tell({ lookedUp: nameIn(query) });
  const answer = Buffer.from(query);
  answer.writeUInt16BE(NO_SUCH_NAME, 2);
  names.send(answer, from.port, from.address);
});
// Without a name server in reach a look-up fails as well, only nobody hears of it.
names.on('error', () => names.close());
if (nameServer !== '') names.bind(53, nameServer);

const server = createServer((inside) => {
  const outside = connect(socketPath);
  inside.pipe(outside);
  outside.pipe(inside);
  inside.on('error', () => outside.destroy());
  outside.on('error', () => inside.destroy());
  inside.on('close', () => outside.destroy());
  outside.on('close', () => inside.destroy());
});
server.listen(Number(port), '127.0.0.1', () => tell({ ready: true }));

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
