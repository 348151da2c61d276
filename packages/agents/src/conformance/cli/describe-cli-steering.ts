import { existsSync } from 'node:fs';
import { type ChooseScenario, inline, shell, silence, text } from '@tina/model-server';
import { expect, it, vi } from 'vitest';
import { openCliCase, type CliCase } from './cli-case.ts';
import type { CliUnderTest } from './cli-under-test.ts';

/** Leaves one process behind in a session of its own, then waits for ever. */
const STUCK = [
  shell('(setsid sleep 300 >/dev/null 2>&1 &); sleep 300 >/dev/null 2>&1 & echo left'),
  shell('tail -f /dev/null'),
  text('never said'),
];

const MESSAGE = 'Schau auch 🍏 hierhin: $(echo no) "x" \\n\n\'y\'';
const WAIT = { timeout: 30_000, interval: 20 };

/** Waits until the agent is in its second tool. */
async function untilStuck({ events }: CliCase): Promise<void> {
  const calls = (): number => events.filter(({ kind }) => kind === 'tool-started').length;
  await vi.waitUntil(() => calls() === 2, WAIT);
}

/** Whether a text of the user's has reached the model besides the prompt. */
function hasHeard({ server }: CliCase, words: string): boolean {
  return server.log.answers().some(({ laterTexts }) => laterTexts.some((said) => said.includes(words)));
}

export function describeCliSteering(subject: CliUnderTest): void {
  it('G23 tells a message in the middle of a turn, byte for byte', async (context) => {
    if (subject.adapter.capabilities.messages === 'next-turn') return context.skip('it takes none');
    const agent = await openCliCase(subject, context);
    agent.beginTurn(1, inline([shell('sleep 1; echo a'), shell('echo b'), text('over')]));
    await agent.find('tool-started');
    expect(agent.session.say({ id: 'm1', text: MESSAGE })).toBe(true);
    expect(await agent.find('message-delivered')).toEqual({ kind: 'message-delivered', messageId: 'm1' });
    expect(await agent.outcomeOf(1)).toMatchObject({ kind: 'completed', finalMessage: 'over' });
    expect(hasHeard(agent, MESSAGE)).toBe(true);
    expect(agent.session.say({ id: 'm2', text: 'too late' })).toBe(false);
    return undefined;
  });

  it('G23 ends a turn only when a message that came with its last word is heard', async (context) => {
    if (subject.adapter.capabilities.messages === 'next-turn') return context.skip('it takes none');
    const agent = await openCliCase(subject, context);
    const steps = [text('over', { delayMs: 1_500 }), text('and that too')];
    agent.beginTurn(1, inline(steps));
    await agent.server.log.until(({ step }) => step === 'text');
    // Codex names its turn only after that.
    await vi.waitUntil(() => agent.session.say({ id: 'm1', text: MESSAGE }), WAIT);
    const outcome = await agent.outcomeOf(1);
    expect(outcome.kind).toBe('completed');
    const kinds = agent.events.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'message-delivered')).toHaveLength(1);
    expect(kinds.indexOf('message-delivered')).toBeLessThan(kinds.indexOf('turn-ended'));
    agent.beginTurn(2, inline([text('next')]));
    expect(await agent.outcomeOf(2)).toMatchObject({ finalMessage: 'next' });
    return undefined;
  });

  describeInterrupting(subject);
  describeResuming(subject);
}

function describeInterrupting(subject: CliUnderTest): void {
  it('G14 interrupts a turn with all that its tools have started, and goes on', async (context) => {
    if (!subject.adapter.capabilities.interrupt) return context.skip('it cannot be interrupted');
    const agent = await openCliCase(subject, context);
    agent.beginTurn(1, inline(STUCK));
    await untilStuck(agent);
    const { pid } = agent.session;
    await vi.waitUntil(() => agent.left(pid).length > 0, WAIT);
    expect(agent.session.interrupt()).toBe(true);
    const outcome = await agent.outcomeOf(1);
    expect(outcome).toMatchObject({ kind: 'failed', error: { message: 'The turn was interrupted.' } });
    expect(agent.left(pid)).toEqual([]);
    expect(agent.session.interrupt()).toBe(false);
    agent.beginTurn(2, inline([shell('echo again'), text('after it')]));
    expect(await agent.outcomeOf(2)).toMatchObject({ kind: 'completed', finalMessage: 'after it' });
    expect(agent.session.pid).toBe(pid);
    return undefined;
  });

  it('G12 interrupts a model that is silent', async (context) => {
    if (!subject.adapter.capabilities.interrupt) return context.skip('it cannot be interrupted');
    const agent = await openCliCase(subject, context);
    agent.beginTurn(1, inline([silence()]));
    await agent.server.log.until(({ step }) => step === 'silence');
    await vi.waitUntil(() => agent.session.interrupt(), WAIT);
    expect(await agent.outcomeOf(1)).toMatchObject({ error: { message: 'The turn was interrupted.' } });
    return undefined;
  });

  it('G14 leaves no process when it is ended', async (context) => {
    const agent = await openCliCase(subject, context);
    agent.beginTurn(1, inline(STUCK));
    await untilStuck(agent);
    await vi.waitUntil(() => agent.left(null).length > 1, WAIT);
    await agent.session.end({ graceMs: 5_000 });
    expect(agent.left(null)).toEqual([]);
    expect(agent.session.pid).toBeNull();
    expect(agent.events.some(({ kind }) => kind === 'turn-ended')).toBe(false);
  });
}

function describeResuming(subject: CliUnderTest): void {
  it('G13 goes on with the same conversation in a new process after kill -9', async (context) => {
    if (!subject.adapter.capabilities.resume) return context.skip('it cannot resume');
    const agent = await openCliCase(subject, context);
    const wait = 'test -e again && echo there || { touch again; exec tail -f /dev/null; }';
    agent.beginTurn(1, inline([shell('echo one'), shell(wait), text('remembered')]));
    await vi.waitUntil(() => existsSync(agent.file('again')), WAIT);
    process.kill(-(agent.session.pid ?? 0), 'SIGKILL');
    expect(await agent.outcomeOf(1)).toMatchObject({ kind: 'failed', error: { kind: 'crash' } });
    expect(agent.left(null)).toEqual([]);
    // The stand-in finds its place in the conversation alone: a new one would have none.
    agent.beginTurn(2, 'Go on.');
    expect(await agent.outcomeOf(2)).toMatchObject({ kind: 'completed', finalMessage: 'remembered' });
    expect(agent.events.filter(({ kind }) => kind === 'process-started')).toHaveLength(2);
    expect(agent.events.filter(({ kind }) => kind === 'session-id')).toHaveLength(1);
    return undefined;
  });

  it('G13 is told its task also when it died before it was answered', async (context) => {
    let hasDied = false;
    let heard: readonly string[] = [];
    const choose: ChooseScenario = (_turn, { items }) => {
      heard = items.flatMap((item) => (item.kind === 'user-text' ? [item.text] : []));
      return hasDied ? [text('done after all')] : [silence()];
    };
    const options = { server: { choose }, launch: { prompt: 'This is the task.' } };
    const agent = await openCliCase(subject, context, options);
    agent.beginTurn(1, 'This is the task.');
    await agent.server.log.until(({ step }) => step === 'silence');
    process.kill(-(agent.session.pid ?? 0), 'SIGKILL');
    await agent.outcomeOf(1);
    hasDied = true;
    agent.beginTurn(2, 'Go on.');
    expect(await agent.outcomeOf(2)).toMatchObject({ kind: 'completed', finalMessage: 'done after all' });
    expect(heard.join('\n')).toMatch(/This is the task\.[^]*Go on\./);
  });
}
