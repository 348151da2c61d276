import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished, type TestContext } from 'vitest';
import { createModelServer, type ModelServer } from '../server/create-model-server.ts';
import { openOfflineNetwork, type OfflineNetwork } from './open-offline.ts';

async function open(context: TestContext): Promise<{ server: ModelServer; network: OfflineNetwork }> {
  const server = await createModelServer();
  onTestFinished(() => server.close());
  const network = await openOfflineNetwork(server.url);
  if (network === null) return context.skip('this machine gives no network of its own (unshare --net)');
  onTestFinished(() => network.close());
  return { server, network };
}

/** What a script says when Node runs it in the network. */
async function run(network: OfflineNetwork, script: string): Promise<string> {
  const [program, ...before] = network.prefix;
  const child = spawn(program, [...before, process.execPath, '-e', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const said = await text(child.stdout);
  return said.replace(`pid ${child.pid ?? 0}`, 'its own pid').trim();
}

it('reaches the model server at its own address, and nothing else', async (context) => {
  const { server, network } = await open(context);
  const asked = `fetch('${server.url}/v1/models').then((r) => r.text()).then(console.log)`;
  expect(await run(network, asked)).toContain('"data":[]');
  expect(server.log.all().map(({ kind }) => kind)).toEqual(['list']);
  const outside = `require('net').connect(80, '192.0.2.1').on('error', (e) => console.log(e.code))`;
  expect(await run(network, outside)).toBe('ENETUNREACH');
});

it('tells of every name that is looked up', async (context) => {
  const { network } = await open(context);
  expect(network.lookups()).toEqual([]);
  const lookup = `require('dns').lookup('models.example', (e) => console.log(e.code))`;
  expect(['ENOTFOUND', 'EAI_AGAIN']).toContain(await run(network, lookup));
  expect(network.lookups().some((name) => name.startsWith('models.example'))).toBe(true);
});

it('starts a command as the very process that was asked for', async (context) => {
  const { network } = await open(context);
  expect(await run(network, `console.log('pid ' + process.pid)`)).toBe('its own pid');
});

it('leaves nothing behind when it is closed', async (context) => {
  const { network } = await open(context);
  await network.close();
  expect(await run(network, `console.log('still there')`)).toBe('');
});
