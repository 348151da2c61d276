import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { AgentUnderTest } from './agent-under-test.ts';
import { beginCase, beginUnread, lastWord } from './conformance-case.ts';
import { matching } from '../testing/matching.ts';

/** What a shell, a terminal or a careless encoder would change. */
const NASTY =
  'Zwölf Äpfel 🍏 \u202eRTL\n\'single\' "double" `tick` $(echo no) ${HOME} $1 \\n %s {model} {{role}}\t\r\nend  ';
const LONG_MESSAGE_BYTES = 200 * 1024;

/** Added by the shell in which a behaviour runs, not by the adapter. */
const OF_THE_SHELL: ReadonlySet<string> = new Set(['PWD', 'OLDPWD', 'SHLVL', '_']);

export function describeTurns(subject: AgentUnderTest): void {
  it('starts, works and reports', async (context) => {
    const { beginTurn, outcomeOf, events, text, file } = beginCase(subject, 'reports', context);
    beginTurn(1, 'Do it.');
    const outcome = await outcomeOf(1);
    expect(outcome.kind).toBe('completed');
    expect(lastWord(outcome)).toContain('all done');
    expect(text()).toContain('at work');
    expect(readFileSync(file('made.txt'), 'utf8')).toBe('made');
    expect(events[0]).toMatchObject({
      kind: 'process-started',
      pid: expect.any(Number) as number,
      startTime: matching(/./),
    });
  });

  it('G08 hands the prompt over byte for byte', async (context) => {
    const { beginTurn, outcomeOf, file } = beginCase(subject, 'repeats-message', context);
    const length = Math.min(LONG_MESSAGE_BYTES, subject.maxMessageBytes ?? LONG_MESSAGE_BYTES);
    const message = NASTY + 'x'.repeat(length - Buffer.byteLength(NASTY));
    beginTurn(1, message);
    await outcomeOf(1);
    expect(readFileSync(file('message.txt')).equals(Buffer.from(message))).toBe(true);
  });

  it('takes a second turn', async (context) => {
    const { beginTurn, outcomeOf, file, events } = beginCase(subject, 'repeats-message', context);
    beginTurn(1, 'the task');
    await outcomeOf(1);
    beginTurn(2, 'something is missing');
    expect((await outcomeOf(2)).kind).toBe('completed');
    expect(readFileSync(file('message.txt'), 'utf8')).toBe('something is missing');
    const processes = events.filter(({ kind }) => kind === 'process-started').length;
    expect(processes).toBe(subject.adapter.capabilities.turnsInOneProcess ? 1 : 2);
  });

  it('G30 gives the agent the launch’s environment and a TMPDIR of its own, and nothing else', async (context) => {
    const { beginTurn, outcomeOf, file, launch } = beginCase(subject, 'tells-environment', context);
    beginTurn(1, 'Do it.');
    await outcomeOf(1);
    const lines = readFileSync(file('environment.txt'), 'utf8').trim().split('\n');
    const pairs = lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
    const isAdded = (name: string): boolean => subject.addedVariables?.includes(name) === true;
    const kept = pairs.filter(([name = '']) => !OF_THE_SHELL.has(name) && !isAdded(name));
    const environment = Object.fromEntries(kept) as unknown;
    expect(environment).toEqual({ ...launch.env, TMPDIR: join(launch.directory, 'tmp') });
  });
}

export function describeOutput(subject: AgentUnderTest): void {
  it('survives garbage on stdout', async (context) => {
    const { beginTurn, outcomeOf } = beginCase(subject, 'prints-garbage', context);
    beginTurn(1, 'Do it.');
    expect(lastWord(await outcomeOf(1))).toContain('all done');
  });

  it('slows the agent down when nobody reads its events, and loses nothing', async (context) => {
    const { session, turn, file } = beginUnread(subject, 'floods', context);
    session.beginTurn(turn);
    await pause(300);
    expect(existsSync(file('made.txt'))).toBe(false);
    let length = 0;
    for await (const event of session.events) {
      if ('text' in event) length += event.text.length;
      if (event.kind === 'turn-ended') break;
    }
    expect(length).toBeGreaterThanOrEqual(20_000_000);
    expect(existsSync(file('made.txt'))).toBe(true);
  });

  it('bounds what it keeps of a flood of output', async (context) => {
    const { beginTurn, outcomeOf, text } = beginCase(subject, 'floods', context);
    beginTurn(1, 'Do it.');
    const outcome = await outcomeOf(1);
    expect(lastWord(outcome)).toContain('all done');
    expect(lastWord(outcome).length).toBeLessThan(1024 * 1024);
    expect(text().length).toBeGreaterThanOrEqual(20_000_000);
  });
}
