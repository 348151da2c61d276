import { createHostHandlers } from '@tina/cli';
import { TinaError } from '@tina/contract';
import { type Handlers, serveCall } from '@tina/control-plane';
import { createNode, type Node, type ProcessIdentity, readProcessIdentity } from '@tina/daemon';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrokenPromise, type FuzzTarget, type Trial, type Verdict } from '../fuzz-target.ts';
import { mutatedText } from '../input/mutate-text.ts';
import { mutatedValue } from '../input/mutate-value.ts';
import type { Random } from '../input/random.ts';
import { FRAMES } from './record-targets.ts';
import { firstOf, openWorld, type World } from './world.ts';

/** What agent hosts say, to a real node with a real store, which has an agent at work and its host connected. */
export const HOST_TARGET: FuzzTarget = { name: 'hosts', share: 0.4, open: openHosts };

/** What a host may be refused with. */
const CODES: ReadonlySet<string> = new Set(['bad_input', 'host_refused']);
const JSON_WORDS = ['{', '}', '"', ':', ',', '9', 'null', '"pid":1'];

interface Call {
  readonly name: 'host.connect' | 'host.frame';
  readonly input: unknown;
  readonly token: string | null;
  /** What `host.json` says meanwhile; null: what it should. */
  readonly hostFile: string | null;
}

async function openHosts(): ReturnType<FuzzTarget['open']> {
  const folder = await mkdtemp(join(tmpdir(), 'tina-fuzz-'));
  const host = await startHost();
  const home = new HostHome(folder, host.identity);
  await home.renew();
  return {
    make(random) {
      const call = callFor(random, home);
      const text = JSON.stringify(call);
      return { size: text.length, show: () => text, run: () => home.serve(call) } satisfies Trial;
    },
    async close() {
      await home.close();
      host.child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A process that the attempt's `host.json` can name. */
async function startHost(): Promise<{ readonly child: ChildProcess; readonly identity: ProcessIdentity }> {
  const child = spawn(
    process.execPath,
    ['-e', 'setInterval(() => process.ppid === 1 && process.exit(), 500)'],
    {
      stdio: 'ignore',
      detached: true,
    },
  );
  const identity = child.pid === undefined ? null : await readProcessIdentity(child.pid);
  if (identity === null) throw new Error('the process that stands for a host did not start');
  return { child, identity };
}

/** The node that calls go to: as it was at first after whatever changed something, so that each can be repeated alone. */
class HostHome {
  readonly #folder: string;
  readonly #host: ProcessIdentity;
  #open: { readonly world: World; readonly node: Node; readonly print: string } | null = null;
  #errors: string[] = [];

  constructor(folder: string, host: ProcessIdentity) {
    this.#folder = folder;
    this.#host = host;
  }

  get world(): World {
    if (this.#open === null) throw new Error('there is no world yet');
    return this.#open.world;
  }

  get hello(): Readonly<Record<string, unknown>> {
    const { agent, token } = this.world;
    const { attemptId, epoch } = agent;
    const rest = { agentVersion: '1', workingDirectory: '/srv/w', branch: 'b', session: null, turn: 1 };
    return { attemptId, epoch, token, hostPid: this.#host.pid, ...rest };
  }

  async serve(call: Call): Promise<Verdict> {
    if (call.hostFile !== null) await this.#writeHostFile(call.hostFile);
    const refusal = await this.#call(call).then(() => null, refusalOf);
    if (call.hostFile !== null) await this.#writeHostFile(JSON.stringify(this.#host));
    const isChanged = (await this.world.print()) !== this.#open?.print;
    const [error] = this.#errors.splice(0);
    const isOwn = this.#isOfTheHost(call);
    if (refusal === null || isChanged) await this.renew();
    if (error !== undefined) throw new Error(`the node complained: ${error}`);
    if (refusal === null && !isOwn) throw new BrokenPromise(`${call.name} of somebody else was taken`);
    if (refusal === null) return 'accepted';
    if (isChanged) throw new BrokenPromise(`${call.name} was refused and changed what is stored`);
    if (!CODES.has(refusal.code)) throw new BrokenPromise(`${call.name} was refused with ${refusal.code}`);
    if (refusal.code === 'bad_input' && refusal.place === null)
      throw new BrokenPromise(`${call.name} was refused without a place`);
    return 'refused';
  }

  async renew(): Promise<void> {
    await this.close();
    const world = await openWorld();
    await mkdir(join(this.#folder, 'attempts', world.agent.attemptId), { recursive: true });
    this.#open = { world, node: this.#createNode(world), print: '' };
    await this.#writeHostFile(JSON.stringify(this.#host));
    await this.#open.node.start();
    await this.#call({ name: 'host.connect', input: this.hello, token: world.token, hostFile: null });
    this.#open = { ...this.#open, print: await world.print() };
  }

  async close(): Promise<void> {
    await this.#open?.node.stop();
    await this.#open?.world.close();
    this.#open = null;
  }

  /** Whether it is of this attempt, epoch, process and secret: nothing else may be taken (G10). */
  #isOfTheHost({ name, input, token }: Call): boolean {
    const said = (input ?? {}) as Readonly<Record<string, unknown>>;
    const { attemptId, epoch, hostPid, token: secret } = this.hello;
    if (said['attemptId'] !== attemptId || said['epoch'] !== epoch) return false;
    return name === 'host.frame' ? token === secret : said['token'] === secret && said['hostPid'] === hostPid;
  }

  async #call({ name, input, token }: Call): Promise<unknown> {
    const end = new AbortController();
    const handlers = createHostHandlers(this.#node) as Handlers;
    const caller = { kind: 'operator', name: 'ada' } as const;
    return firstOf(serveCall(handlers, name, input, { caller, token, signal: end.signal }), end);
  }

  get #node(): Node {
    if (this.#open === null) throw new Error('there is no node yet');
    return this.#open.node;
  }

  async #writeHostFile(text: string): Promise<void> {
    await writeFile(join(this.#folder, 'attempts', this.world.agent.attemptId, 'host.json'), text);
  }

  /** With the machine itself. It is given no jobs, so that nothing changes but by what hosts say. */
  #createNode({ nodeApi }: World): Node {
    const inFolder = (name: string): string => join(this.#folder, name);
    return createNode({
      nodeId: 'here',
      nodeName: 'here',
      api: { ...nodeApi, claim: () => Promise.resolve([]) },
      paths: {
        stateDir: this.#folder,
        attemptsDir: inFolder('attempts'),
        checksDir: inFolder('checks'),
        worktreesDir: inFolder('worktrees'),
        socketPath: inFolder('daemon.sock'),
      },
      homeId: `fuzz-${this.#host.pid}`,
      machineAgents: 1,
      programs: { node: process.execPath, agentHost: [process.execPath], tinaBin: this.#folder },
      environment: { PATH: process.env['PATH'] },
      log: (level, message) => {
        if (level === 'error') this.#errors.push(message);
      },
      // Leases and waits are no part of it.
      clock: { now: () => 0, after: () => () => {} },
    });
  }
}

function callFor(random: Random, home: HostHome): Call {
  const { agent, token } = home.world;
  const secret = random.oneIn(8) ? random.pick([null, '', 'x', `${token}x`, token.toUpperCase()]) : token;
  if (random.oneIn(2)) {
    const isFileBad = random.oneIn(4);
    const hostFile = isFileBad ? mutatedText(random, ['{"pid":7,"startTime":"12@boot"}'], JSON_WORDS) : null;
    const input = isFileBad && random.oneIn(2) ? home.hello : mutatedValue(random, home.hello);
    return { name: 'host.connect', token: null, hostFile, input };
  }
  const right = { ...random.pick(FRAMES.slice(0, -1)), attemptId: agent.attemptId, epoch: agent.epoch };
  const input = random.oneIn(15) ? right : mutatedValue(random, right);
  return { name: 'host.frame', token: secret, hostFile: null, input };
}

/** @throws what is no refusal */
function refusalOf(error: unknown): TinaError {
  if (error instanceof TinaError) return error;
  throw error;
}
