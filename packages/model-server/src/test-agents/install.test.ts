import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findTestAgent } from './find-test-agent.ts';
import { installAgent, type NpmCommand } from './install.ts';
import { cacheFolder, TEST_AGENTS, type PinnedAgent } from './pinned.ts';

const AGENT: PinnedAgent = {
  kind: 'pinned',
  name: 'sample',
  package: '@tina-test/sample',
  version: '1.0.0',
  program: '@tina-test/sample/run.js',
  runBy: 'node',
};

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'tina-install-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 3 }));
  return path;
}

/** A package with a script that must not be run, packed as npm packs it. */
function packSample(home: string): Buffer {
  const source = join(home, 'sample');
  mkdirSync(source);
  const scripts = { postinstall: "node -e \"require('fs').writeFileSync('ran', '')\"" };
  writeFileSync(
    join(source, 'package.json'),
    JSON.stringify({ name: AGENT.package, version: AGENT.version, scripts }),
  );
  writeFileSync(join(source, 'run.js'), 'console.log("sample runs")\n');
  execFileSync('npm', ['pack', '--silent', '--pack-destination', home], { cwd: source });
  return readFileSync(join(home, 'tina-test-sample-1.0.0.tgz'));
}

/** npm with a registry of its own on 127.0.0.1, which has the sample package and nothing else. */
async function npmWithSample(): Promise<{ npm: NpmCommand; downloads: () => number }> {
  const home = folder();
  const tarball = packSample(home);
  let downloads = 0;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://127.0.0.1');
    if (pathname.endsWith('.tgz')) {
      downloads += 1;
      response.end(tarball);
      return;
    }
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    const dist = { tarball: `http://${request.headers.host ?? ''}/sample.tgz`, integrity };
    const { name, version } = { name: AGENT.package, version: AGENT.version };
    response.end(
      JSON.stringify({ name, versions: { [version]: { name, version, dist, hasInstallScript: true } } }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const options = [
    `--registry=http://127.0.0.1:${port}`,
    `--cache=${join(home, 'cache')}`,
    '--fetch-retries=0',
  ];
  return { npm: ['npm', ...options], downloads: () => downloads };
}

describe('installing an agent CLI', () => {
  it('puts it into the cache without running its scripts, once', async () => {
    const cache = folder();
    const { npm, downloads } = await npmWithSample();
    const first = await installAgent(AGENT, cache, npm);
    const again = await installAgent(AGENT, cache, npm);
    expect([first.isNew, again.isNew, downloads()]).toEqual([true, false, 1]);
    expect(again.bytes).toBe(first.bytes);
    expect(readdirSync(cache)).toEqual(['sample-1.0.0']);
    const home = join(cache, 'sample-1.0.0', 'node_modules', '@tina-test', 'sample');
    expect(readdirSync(home).toSorted()).toEqual(['package.json', 'run.js']);
    expect(execFileSync(process.execPath, [join(home, 'run.js')], { encoding: 'utf8' })).toBe(
      'sample runs\n',
    );
  });

  it('may be done twice at once', async () => {
    const cache = folder();
    const { npm } = await npmWithSample();
    const both = await Promise.all([installAgent(AGENT, cache, npm), installAgent(AGENT, cache, npm)]);
    expect(both.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(readdirSync(cache)).toEqual(['sample-1.0.0']);
  });

  it('says why it failed, and leaves nothing half done', async () => {
    const cache = folder();
    const { npm } = await npmWithSample();
    const wrong = { ...AGENT, version: '2.0.0' };
    await expect(installAgent(wrong, cache, npm)).rejects.toThrow(
      /could not install @tina-test\/sample@2.0.0:[^]*ETARGET/,
    );
    expect(readdirSync(cache)).toEqual([]);
  });
});

describe('finding an agent CLI', () => {
  it('says what to type when one is not installed', () => {
    const env = { TINA_TEST_AGENTS: folder() };
    expect(findTestAgent('codex', env)).toEqual({
      kind: 'missing',
      name: 'codex',
      reason: 'skipped: not installed: codex 0.169.0 (npm run agents:install -- codex)',
    });
    expect(findTestAgent('claude', env)).toMatchObject({
      kind: 'missing',
      reason: 'skipped: not installed: claude (set TINA_TEST_CLAUDE to the path of yours)',
    });
  });

  it('finds each one where npm puts it', () => {
    const cache = folder();
    const target = `${process.platform}-${process.arch}`;
    for (const agent of TEST_AGENTS.filter((one) => one.kind === 'pinned')) {
      const program = agent.program.replace('{target}', target).replace('*', 'any');
      const path = join(cache, `${agent.name}-${agent.version}`, 'node_modules', program);
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(path, '');
      const command = agent.runBy === 'node' ? [process.execPath, path] : [path];
      const { name, version } = agent;
      expect(findTestAgent(name, { TINA_TEST_AGENTS: cache })).toEqual({
        kind: 'found',
        name,
        command,
        version,
      });
    }
  });

  it('takes one of the user’s own from where the variable says', () => {
    const path = join(folder(), 'claude');
    writeFileSync(path, '#!/bin/sh\n');
    expect(findTestAgent('claude', { TINA_TEST_CLAUDE: path })).toMatchObject({
      reason: `skipped: not installed: TINA_TEST_CLAUDE names no program: ${path}`,
    });
    chmodSync(path, 0o755);
    expect(findTestAgent('claude', { TINA_TEST_CLAUDE: path })).toMatchObject({
      kind: 'found',
      command: [path],
    });
  });

  it('knows only the agents of its list', () => {
    expect(() => findTestAgent('nobody')).toThrow('No test agent is named "nobody": codex, gemini');
  });

  it('keeps them in the user’s cache unless told otherwise', () => {
    expect(cacheFolder({}, '/h')).toBe('/h/.cache/tina-test-agents');
    expect(cacheFolder({ XDG_CACHE_HOME: '/c' }, '/h')).toBe('/c/tina-test-agents');
    expect(cacheFolder({ XDG_CACHE_HOME: '/c', TINA_TEST_AGENTS: '/t' }, '/h')).toBe('/t');
  });
});
