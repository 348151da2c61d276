import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentDefinition } from '@tina/contract';
import { describe, expect, it, vi } from 'vitest';
import { refusal } from '../testing/fake-daemon.ts';
import { makeHostCase, shellAgent, WAIT, type HostCase } from '../testing/host-case.ts';
import { matching } from '../testing/matching.ts';
import { isRunning, runningInGroup } from '../testing/process-group.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { HOST_EXIT } from './host-exit.ts';

const QUICK = shellAgent('echo all done');
const HANGING = shellAgent('echo hanging; exec sleep 300');

function scriptedAgent(entries: string): AgentDefinition {
  const script = join(temporaryFolder(), 'script.yaml');
  writeFileSync(script, `version: 1\nentries:\n${entries}`);
  return { kind: 'scripted', script };
}

/** An agent that says something, then waits for a file in its worktree. */
const HELD = shellAgent('echo at work; until [ -e go ]; do sleep 0.01; done; echo all done');
const letGo = ({ launch }: HostCase): void => writeFileSync(join(launch.worktree, 'go'), '');

describe('reporting in', () => {
  it('G08 says hello with what is really there, and starts no agent before it is accepted', async () => {
    const { launch, daemon, startHost, outcomeOf } = makeHostCase(
      shellAgent('touch started; echo all done'),
      {
        branch: 'another-branch',
        session: 'r1-a1',
      },
    );
    daemon.answerHello = () => 'silent';
    await daemon.start();
    startHost();
    const hello = await vi.waitUntil(() => daemon.hellos[0], WAIT);
    expect(hello).toEqual({
      attemptId: 'r1-a1',
      epoch: 1,
      token: launch.token,
      hostPid: process.pid,
      agentVersion: '1.2.3',
      workingDirectory: launch.worktree,
      branch: 'tina-attempt/r1-a1',
      session: 'r1-a1',
      turn: 0,
    });
    expect(existsSync(join(launch.worktree, 'started'))).toBe(false);
    daemon.accept();
    expect(await outcomeOf(1)).toMatchObject({ kind: 'completed', finalMessage: 'all done\n' });
    expect(existsSync(join(launch.worktree, 'started'))).toBe(true);
  });

  it('G09 ends without starting anything when it is refused', async () => {
    const { launch, daemon, startHost, read } = makeHostCase(shellAgent('touch started'));
    daemon.answerHello = () => refusal('host_refused');
    await daemon.start();
    const ending = await startHost().ended;
    expect(ending.exitCode).toBe(HOST_EXIT.refused);
    expect(existsSync(join(launch.worktree, 'started'))).toBe(false);
    expect(read('output.log')).toContain('refused as host_refused');
  });

  it('waits for a daemon that is not there yet, and for one in trouble', async () => {
    const { daemon, startHost, outcomeOf } = makeHostCase(QUICK);
    startHost();
    const answers = [refusal('internal_error'), null];
    daemon.answerHello = () => answers.shift() ?? null;
    await daemon.start();
    expect((await outcomeOf(1)).kind).toBe('completed');
    expect(daemon.hellos).toHaveLength(2);
  });

  it('gives the daemon the agent’s process, by which it can be found', async () => {
    const { daemon, startHost, frame } = makeHostCase(HANGING);
    await daemon.start();
    startHost();
    const { turn, agentPid, agentStartTime } = await frame('agent-started');
    expect(turn).toBe(1);
    expect(isRunning(agentPid)).toBe(true);
    expect(agentStartTime).not.toBe('');
  });

  it('sends heartbeats that are never kept', async () => {
    const { daemon, startHost, launch } = makeHostCase(HANGING);
    await daemon.start();
    startHost();
    await vi.waitUntil(() => daemon.heartbeats.length >= 2, WAIT);
    const [heartbeat] = daemon.heartbeats;
    const frame = { kind: 'heartbeat', lastProgressAt: expect.any(Number) as number };
    expect(heartbeat).toEqual({ attemptId: 'r1-a1', epoch: 1, sequence: 0, frame });
    expect(readFileSync(join(launch.directory, 'spool.jsonl'), 'utf8')).toBe('');
  });
});

describe('while the daemon is away', () => {
  it('G23 goes on, and says afterwards what it had to say, once and in order', async () => {
    const hostCase = makeHostCase(HELD);
    const { daemon, startHost, frame, outcomeOf, read } = hostCase;
    await daemon.start();
    startHost();
    await frame('agent-started');
    await daemon.stop();
    letGo(hostCase);
    await vi.waitUntil(() => read('spool.jsonl').includes('"turn-ended"'), WAIT);
    expect(daemon.frames.map(({ frame: { kind } }) => kind)).toEqual(['agent-started']);
    await daemon.start();
    await outcomeOf(1);
    expect(daemon.hellos.map(({ turn }) => turn)).toEqual([0, 1]);
    expect(daemon.frames.map(({ sequence, frame: { kind } }) => [sequence, kind])).toEqual([
      [1, 'agent-started'],
      [2, 'turn-ended'],
    ]);
    await vi.waitUntil(() => read('spool.jsonl') === '', WAIT);
  });

  it('G23 sends a frame again, under the same number, when its answer was lost', async () => {
    const { daemon, startHost, outcomeOf } = makeHostCase(QUICK);
    const answers = ['hang-up', refusal('internal_error'), null] as const;
    let count = 0;
    daemon.answerFrame = ({ frame }) => (frame.kind === 'heartbeat' ? null : (answers[count++] ?? null));
    await daemon.start();
    startHost();
    await outcomeOf(1);
    const kinds = daemon.frames.map(({ sequence, frame: { kind } }) => [sequence, kind]);
    expect(kinds).toEqual([
      [1, 'agent-started'],
      [1, 'agent-started'],
      [1, 'agent-started'],
      [2, 'turn-ended'],
    ]);
  });

  it('G10 ends its agent when the daemon that came back does not want it any more', async () => {
    const { daemon, startHost, frame } = makeHostCase(HANGING);
    await daemon.start();
    const host = startHost();
    const { agentPid } = await frame('agent-started');
    await daemon.stop();
    daemon.answerHello = () => refusal('bad_token');
    await daemon.start();
    expect((await host.ended).exitCode).toBe(HOST_EXIT.refused);
    expect(runningInGroup(agentPid)).toEqual([]);
  });

  it('G10 asks whether it is still wanted when its heartbeat is refused', async () => {
    const { daemon, startHost, frame } = makeHostCase(HANGING);
    await daemon.start();
    const host = startHost();
    const { agentPid } = await frame('agent-started');
    daemon.answerHello = () => refusal('host_refused');
    daemon.answerFrame = () => refusal('host_refused');
    expect((await host.ended).exitCode).toBe(HOST_EXIT.refused);
    expect(runningInGroup(agentPid)).toEqual([]);
  });

  it('G14 ends its agent when somebody removed the attempt meanwhile', async () => {
    const { launch, daemon, startHost, frame } = makeHostCase(HANGING);
    await daemon.start();
    const host = startHost();
    const { agentPid } = await frame('agent-started');
    await daemon.stop();
    rmSync(launch.directory, { recursive: true });
    expect((await host.ended).exitCode).toBe(HOST_EXIT.folderGone);
    expect(runningInGroup(agentPid)).toEqual([]);
  });

  it('says what it can of a turn whose end the daemon cannot read', async () => {
    const { daemon, startHost } = makeHostCase(QUICK);
    daemon.answerFrame = ({ frame }) =>
      frame.kind === 'turn-ended' && frame.outcome.kind === 'completed' ? refusal('bad_input') : null;
    await daemon.start();
    startHost();
    await vi.waitUntil(() => daemon.frames.length >= 3, WAIT);
    const last = daemon.frames.at(-1);
    expect(last).toMatchObject({
      sequence: 3,
      frame: { kind: 'turn-ended', turn: 1, outcome: { kind: 'failed', error: { kind: 'bad_output' } } },
    });
  });
});

describe('turns', () => {
  it('tells the daemon of each turn, in one process where the agent can', async () => {
    const agent = scriptedAgent('  - when: { turn: any }\n    do: [nothing]\n');
    const { daemon, startHost, frame, outcomeOf, read } = makeHostCase(agent);
    await daemon.start();
    startHost();
    await outcomeOf(1);
    daemon.order({ kind: 'begin-turn', turn: 2, message: 'The tree is not clean.' });
    daemon.order({ kind: 'begin-turn', turn: 2, message: 'The tree is not clean.' });
    await outcomeOf(2);
    const [first, second] = [await frame('agent-started', 1), await frame('agent-started', 2)];
    expect(second.agentPid).toBe(first.agentPid);
    expect(daemon.frames).toHaveLength(4);
    expect(read('prompt.md')).toBe('Do it.');
    expect(read('prompt-2.md')).toBe('The tree is not clean.');
  });

  it('tells a new process that remembers nothing its task again, before what Tina sent back', async () => {
    const { daemon, startHost, outcomeOf, read } = makeHostCase(shellAgent('cat'));
    await daemon.start();
    startHost();
    expect(await outcomeOf(1)).toMatchObject({ finalMessage: 'Do it.' });
    daemon.order({ kind: 'begin-turn', turn: 2, message: 'The tree is not clean.' });
    const message = 'Do it.\n\n# What Tina sent back\n\nThe tree is not clean.';
    expect(await outcomeOf(2)).toMatchObject({ finalMessage: message });
    expect(read('prompt-2.md')).toBe(message);
  });

  it('ignores turns that are not the next one, and the next one while a turn is under way', async () => {
    const hostCase = makeHostCase(HELD);
    const { daemon, startHost, frame, outcomeOf } = hostCase;
    await daemon.start();
    startHost();
    await frame('agent-started');
    daemon.order({ kind: 'begin-turn', turn: 2, message: 'too early' });
    letGo(hostCase);
    await outcomeOf(1);
    daemon.order({ kind: 'begin-turn', turn: 1, message: 'again' });
    daemon.order({ kind: 'begin-turn', turn: 3, message: 'too far' });
    daemon.order({ kind: 'begin-turn', turn: 2, message: 'right' });
    await outcomeOf(2);
    const started = daemon.frames.filter(({ frame: { kind } }) => kind === 'agent-started');
    expect(started.map(({ frame }) => ('turn' in frame ? frame.turn : 0))).toEqual([1, 2]);
  });

  it('G15 tells a killed agent as a crash, and takes another turn', async () => {
    const { daemon, startHost, frame, outcomeOf } = makeHostCase(HANGING);
    await daemon.start();
    startHost();
    const { agentPid } = await frame('agent-started', 1);
    process.kill(agentPid, 'SIGKILL');
    const error = { kind: 'crash', message: expect.stringContaining('SIGKILL') as string };
    expect(await outcomeOf(1)).toMatchObject({ kind: 'failed', error });
    daemon.order({ kind: 'begin-turn', turn: 2, message: 'Go on.' });
    expect((await frame('agent-started', 2)).agentPid).not.toBe(agentPid);
  });

  it('G14 ends agent and host by order, with all that the agent started', async () => {
    const { launch, daemon, startHost, frame } = makeHostCase(shellAgent('sleep 300 & echo busy; sleep 300'));
    await daemon.start();
    const host = startHost();
    const { agentPid } = await frame('agent-started');
    daemon.order({ kind: 'end', reason: 'the run was cancelled' });
    expect(await host.ended).toEqual({ exitCode: HOST_EXIT.ended, reason: 'the run was cancelled' });
    expect(runningInGroup(agentPid)).toEqual([]);
    expect(existsSync(join(launch.directory, 'tmp'))).toBe(false);
    expect(existsSync(join(launch.directory, 'out'))).toBe(true);
  });
});

describe('limits', () => {
  const limits = { idleWarningMs: 60_000, idleStopMs: 60_000, turnMs: 60_000 };

  it('G12 warns of an agent without progress, then ends its turn and all of its processes', async () => {
    const { daemon, startHost, frame, outcomeOf } = makeHostCase(HANGING, {
      limits: { ...limits, idleWarningMs: 50, idleStopMs: 150 },
    });
    await daemon.start();
    startHost();
    const { agentPid } = await frame('agent-started');
    expect((await frame('warning')).message).toContain('no sign of progress');
    expect(await outcomeOf(1)).toMatchObject({ kind: 'failed', error: { kind: 'no_progress' } });
    expect(runningInGroup(agentPid)).toEqual([]);
    expect(daemon.frames.filter(({ frame: { kind } }) => kind === 'warning')).toHaveLength(1);
  });

  it('G12 leaves an agent alone that says nothing until its end and works', async () => {
    const busy = shellAgent('(for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 0.1; done); echo all done');
    const { daemon, startHost, outcomeOf } = makeHostCase(busy, {
      limits: { ...limits, idleWarningMs: 600, idleStopMs: 600 },
    });
    await daemon.start();
    startHost();
    expect(await outcomeOf(1)).toMatchObject({ kind: 'completed', finalMessage: 'all done\n' });
    expect(daemon.frames.some(({ frame: { kind } }) => kind === 'warning')).toBe(false);
  });

  it('G12 leaves an agent alone whose tool is silent for long', async () => {
    const agent = scriptedAgent('  - do: [say: at work, run: sleep 1.6]\n');
    const { daemon, startHost, outcomeOf } = makeHostCase(agent, {
      limits: { ...limits, idleWarningMs: 1_500, idleStopMs: 1_500 },
    });
    await daemon.start();
    startHost();
    expect((await outcomeOf(1)).kind).toBe('completed');
    expect(daemon.frames.some(({ frame: { kind } }) => kind === 'warning')).toBe(false);
  });

  it('G32 ends a turn that takes too long, however busy, and takes another', async () => {
    const { daemon, startHost, frame, outcomeOf } = makeHostCase(
      shellAgent('while :; do echo busy; sleep 0.01; done'),
      {
        limits: { ...limits, turnMs: 150 },
      },
    );
    await daemon.start();
    startHost();
    const { agentPid } = await frame('agent-started', 1);
    expect(await outcomeOf(1)).toMatchObject({ kind: 'failed', error: { kind: 'timeout' } });
    expect(runningInGroup(agentPid)).toEqual([]);
    daemon.order({ kind: 'begin-turn', turn: 2, message: 'Be quick.' });
    expect(await outcomeOf(2)).toMatchObject({ kind: 'failed', error: { kind: 'timeout' } });
  });
});

describe('what is kept of an attempt', () => {
  it('writes a transcript for people and one for programs', async () => {
    const { daemon, startHost, outcomeOf, read, launch } = makeHostCase(
      shellAgent(`printf '\\033[31mred\\033[0m\\007 and plain'; echo oops >&2`),
    );
    await daemon.start();
    const host = startHost();
    await outcomeOf(1);
    await host.end({ exitCode: 0, reason: 'enough' });
    const output = read('output.log');
    for (const part of [
      'sample',
      'phase-1-task-1',
      'implementer',
      'test agent, 1.2.3, haiku',
      launch.worktree,
    ]) {
      expect(output).toContain(part);
    }
    expect(output).toMatch(/turn 1 begins[^]*red and plain[^]*ends: enough/);
    expect(output).toContain('oops');
    // oxlint-disable-next-line no-control-regex -- there must be none
    expect(output).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
    const events = read('transcript.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(events).toContainEqual({
      at: expect.any(Number) as number,
      turn: 1,
      event: { kind: 'text', text: expect.stringContaining('\u001b[31mred') as string },
    });
    expect(statSync(join(launch.directory, 'output.log')).mode & 0o777).toBe(0o600);
  });

  it('G30 keeps the attempt’s token out of what it writes and sends', async () => {
    const { launch, daemon, startHost, outcomeOf, read } = makeHostCase(
      shellAgent('echo "my token: $TINA_TOKEN"'),
      {
        env: { PATH: process.env['PATH'] ?? '', TINA_TOKEN: 'token-of-this-attempt' },
      },
    );
    await daemon.start();
    startHost();
    expect(await outcomeOf(1)).toMatchObject({ finalMessage: 'my token: [token]\n' });
    for (const name of ['output.log', 'transcript.jsonl', 'spool.jsonl', 'prompt.md', 'launch.json']) {
      expect(read(name)).not.toContain(launch.token);
    }
  });

  it('G30 keeps the secrets of its agent’s environment out of everything, and forgets them in its launch file', async () => {
    const shown: string[] = [];
    const { launch, daemon, startHost, outcomeOf, read } = makeHostCase(
      shellAgent('echo "key: $MY_API_KEY"; echo "key: $MY_API_KEY" >&2; exit 1'),
      { env: { PATH: process.env['PATH'] ?? '', MY_API_KEY: 'sk-0123456789' } },
    );
    await daemon.start();
    const host = startHost({ show: (text) => void shown.push(text) });
    expect(await outcomeOf(1)).toMatchObject({
      kind: 'failed',
      error: { message: matching(/key: \[MY_API_KEY\]/) },
    });
    await host.end({ exitCode: 1, reason: 'it said sk-0123456789' });
    expect(await host.ended).toMatchObject({ reason: 'it said [MY_API_KEY]' });
    for (const name of ['output.log', 'transcript.jsonl', 'spool.jsonl', 'launch.json']) {
      expect(read(name)).not.toContain('sk-0123456789');
    }
    expect(shown.join('')).not.toContain('sk-0123456789');
    expect(JSON.parse(read('launch.json'))).toMatchObject({ attemptId: 'r1-a1', token: '', env: {} });
    expect(statSync(join(launch.directory, 'launch.json')).mode & 0o777).toBe(0o600);
  });

  it.each(['0.02', '0.4'])(
    'G30 keeps a secret out that is said in two halves, with %s s between them',
    async (pause) => {
      const shown: string[] = [];
      const said = (name: string): string => `printf '${name}: sk-01'; sleep ${pause}; printf '23456789.\n'`;
      const { daemon, startHost, outcomeOf, read } = makeHostCase(
        shellAgent(`${said('out')}; { ${said('err')}; } >&2`),
        { env: { PATH: process.env['PATH'] ?? '', MY_API_KEY: 'sk-0123456789' } },
      );
      await daemon.start();
      startHost({ show: (text) => void shown.push(text) });
      expect(await outcomeOf(1)).toMatchObject({ finalMessage: 'out: [MY_API_KEY].\n' });
      const texts = [shown.join(''), read('output.log'), read('transcript.jsonl')];
      for (const text of texts) {
        expect(text).not.toContain('23456789');
        expect(text.match(/\[MY_API_KEY\]/g)?.length).toBeGreaterThanOrEqual(2);
      }
    },
  );

  it('G30 keeps the rest of a secret out of the reason of a failure, which is cut off at its beginning', async () => {
    const filler = 'x'.repeat(4_000 - 8);
    const { daemon, startHost, outcomeOf } = makeHostCase(
      shellAgent(`printf '%s%s' "$MY_API_KEY" ${filler} >&2; exit 1`),
      { env: { PATH: process.env['PATH'] ?? '', MY_API_KEY: 'sk-0123456789' } },
    );
    await daemon.start();
    startHost();
    const outcome = JSON.stringify(await outcomeOf(1));
    expect(outcome).toContain(filler);
    expect(outcome).not.toContain('56789');
  });

  it('shows what an agent says that stops where a secret could begin, though nothing follows', async () => {
    const shown: string[] = [];
    const { daemon, startHost } = makeHostCase(shellAgent('printf "a task"; exec sleep 300'), {
      env: { PATH: process.env['PATH'] ?? '', MY_API_KEY: 'sk-0123456789' },
    });
    await daemon.start();
    startHost({ show: (text) => void shown.push(text) });
    await vi.waitFor(() => expect(shown.join('')).toMatch(/a task$/), WAIT);
  });
});
