import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, isIPv4, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

type Keeper = ChildProcessByStdio<Writable, Readable, null>;

/** A network in which there is nothing but the stand-in model. */
export interface OfflineNetwork extends AsyncDisposable {
  /**
   * Put before a command, it runs in this network, as the same process. Where root's rights had to be borrowed to make
   * the network, the command sees itself as root; its files belong to the user all the same.
   */
  readonly prefix: readonly [string, ...string[]];
  /** The names that were looked up in it, in order. */
  readonly lookups: () => readonly string[];
  readonly close: () => Promise<void>;
}

/**
 * Opens a network with nothing in it but the model server at `url`, at the same address. Null where the machine has no
 * networks to give (no Linux, or no right to make one).
 */
export async function openOfflineNetwork(url: string): Promise<OfflineNetwork | null> {
  if (process.platform !== 'linux') return null;
  const port = new URL(url).port;
  const folder = mkdtempSync(join(tmpdir(), 'tina-offline-'));
  const socketPath = join(folder, 'model.sock');
  const bridge = await openBridge(socketPath, Number(port));
  const keeper = startKeeper(port, socketPath);
  const lookups: string[] = [];
  const close = async (): Promise<void> => {
    keeper.stdin.end();
    if (keeper.exitCode === null && keeper.signalCode === null) await once(keeper, 'close');
    bridge.close();
    rmSync(folder, { recursive: true, force: true });
  };
  if (!(await follow(keeper, lookups))) {
    await close();
    return null;
  }
  return { prefix: enter(keeper.pid ?? 0), lookups: () => lookups, close, [Symbol.asyncDispose]: close };
}

/** Leads from a socket, which any network can reach, to the model server. */
async function openBridge(socketPath: string, port: number): Promise<Server> {
  const bridge = createServer((from) => {
    const to = connect(port, '127.0.0.1');
    from.pipe(to).pipe(from);
    from.on('error', () => to.destroy()).on('close', () => to.destroy());
    to.on('error', () => from.destroy()).on('close', () => from.destroy());
  });
  bridge.listen(socketPath);
  await once(bridge, 'listening');
  return bridge;
}

const isRoot = process.getuid?.() === 0;

function startKeeper(port: string, socketPath: string): Keeper {
  const nameServer = firstNameServer();
  const address = nameServer === '' ? '' : `ip address add ${nameServer}/32 dev lo 2>/dev/null; `;
  const script = `ip link set lo up || exit 1; ${address}exec "$@"`;
  const program = fileURLToPath(new URL('keeper.ts', import.meta.url));
  const command = [process.execPath, program, port, socketPath, nameServer];
  const own = isRoot ? ['--net'] : ['--user', '--map-root-user', '--net'];
  return spawn('unshare', [...own, 'sh', '-c', script, 'sh', ...command], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}

/** The same process enters the network and becomes the command. */
function enter(pid: number): [string, ...string[]] {
  const user = isRoot ? [] : [`--user=/proc/${pid}/ns/user`, '--preserve-credentials'];
  return ['nsenter', ...user, `--net=/proc/${pid}/ns/net`, '--'];
}

function firstNameServer(): string {
  try {
    const lines = readFileSync('/etc/resolv.conf', 'utf8').split('\n');
    const servers = lines.flatMap((line) => /^nameserver\s+(\S+)/.exec(line)?.[1] ?? []);
    return servers.find((server) => isIPv4(server)) ?? '';
  } catch {
    return '';
  }
}

/** Collects what the keeper tells. True once the network is there, false when it cannot be had. */
function follow(keeper: Keeper, lookups: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    keeper.once('error', () => resolve(false));
    keeper.once('close', () => resolve(false));
    createInterface({ input: keeper.stdout }).on('line', (line) => {
      const event = JSON.parse(line) as { readonly ready?: true; readonly lookedUp?: string };
      if (event.ready === true) resolve(true);
      if (event.lookedUp !== undefined) lookups.push(event.lookedUp);
    });
  });
}
