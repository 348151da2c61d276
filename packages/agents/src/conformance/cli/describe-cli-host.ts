import { existsSync } from 'node:fs';
import type { HostFrame } from '@tina/contract';
import { inline, shell, silence, text } from '@tina/model-server';
import { expect, it, onTestFinished, vi } from 'vitest';
import { AgentHost } from '../../host/agent-host.ts';
import { claimHostFile } from '../../host/host-file.ts';
import { FakeDaemon } from '../../testing/fake-daemon.ts';
import { matching } from '../../testing/matching.ts';
import { type CliCase, openCliCase } from './cli-case.ts';
import type { CliUnderTest } from './cli-under-test.ts';

const WAIT = { timeout: 40_000, interval: 20 };

interface Hosted {
  readonly daemon: FakeDaemon;
  readonly frame: <Kind extends HostFrame['kind']>(
    kind: Kind,
    turn?: number,
  ) => Promise<Extract<HostFrame, { kind: Kind }>>;
}

/** The agent of a case, driven by a host for a daemon. */
async function host({ launch }: CliCase, { adapter }: CliUnderTest): Promise<Hosted> {
  const daemon = new FakeDaemon(launch.socketPath);
  await daemon.start();
  claimHostFile(launch.directory);
  const running = new AgentHost({ launch, adapter, agentVersion: '1', branch: 'task-1', show: () => {} });
  onTestFinished(() => running.end({ exitCode: 0, reason: 'the test is over' }));
  running.start();
  return {
    daemon,
    async frame(kind, turn) {
      const isWanted = (frame: HostFrame): boolean =>
        frame.kind === kind && (turn === undefined || ('turn' in frame && frame.turn === turn));
      const find = () => daemon.frames.find(({ frame }) => isWanted(frame));
      const found = await vi.waitUntil(find, WAIT);
      return found.frame as Extract<HostFrame, { kind: typeof kind }>;
    },
  };
}

export function describeCliHost(subject: CliUnderTest): void {
  it('G13 goes on in the same turn when its process is killed under its host', async (context) => {
    if (!subject.adapter.capabilities.resume) return context.skip('it cannot resume');
    const wait = 'test -e again && echo there || { touch again; exec tail -f /dev/null; }';
    const prompt = inline([shell('echo one'), shell(wait), text('remembered')]);
    const agent = await openCliCase(subject, context, { launch: { prompt } });
    const { daemon, frame } = await host(agent, subject);
    const { agentPid } = await frame('agent-started');
    await vi.waitUntil(() => existsSync(agent.file('again')), WAIT);
    process.kill(-agentPid, 'SIGKILL');
    const { outcome } = await frame('turn-ended');
    expect(outcome).toMatchObject({ kind: 'completed', finalMessage: 'remembered' });
    expect((await frame('warning')).message).toMatch(/the same conversation goes on/);
    expect(daemon.frames.filter((one) => one.frame.kind === 'turn-ended')).toHaveLength(1);
    return undefined;
  });

  it('G12 ends the turn of a silent model, and takes the next one', async (context) => {
    const limits = { idleWarningMs: 4_000, idleStopMs: 5_000, turnMs: 60_000 };
    const prompt = inline([silence()]);
    const agent = await openCliCase(subject, context, { launch: { prompt, limits } });
    const { daemon, frame } = await host(agent, subject);
    const reason = matching(/no sign of progress/);
    const error = { kind: 'no_progress', message: reason };
    expect((await frame('turn-ended', 1)).outcome).toMatchObject({ kind: 'failed', error });
    daemon.order({ kind: 'begin-turn', turn: 2, message: inline([text('awake again')]) });
    expect((await frame('turn-ended', 2)).outcome).toMatchObject({ finalMessage: matching(/awake again/) });
  });
}
