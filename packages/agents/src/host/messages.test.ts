import { expect, it, vi } from 'vitest';
import { makeHostCase, shellAgent, WAIT } from '../testing/host-case.ts';

it('G23 G25 hands a message to the next turn, byte for byte and once, and tells when it did', async () => {
  const { daemon, startHost, frame, outcomeOf, read } = makeHostCase(shellAgent('cat; echo "DONE"'));
  await daemon.start();
  startHost();
  await outcomeOf(1);
  const text = 'Mind the “gap”; $HOME `x`\n\ttabbed';
  for (let times = 0; times < 2; times += 1) daemon.order({ kind: 'message', messageId: 's1', text });
  daemon.order({ kind: 'message', messageId: 's2', text: 'never' });
  daemon.order({ kind: 'message-read', messageId: 's2' });
  daemon.order({ kind: 'begin-turn', turn: 2, message: 'Go on.' });
  expect(await frame('message-delivered')).toEqual({
    kind: 'message-delivered',
    messageId: 's1',
    turn: 2,
    mode: 'turn-start',
  });
  await outcomeOf(2);
  const prompt = read('prompt-2.md');
  expect(prompt).toContain(`${text}\n\nGo on.`);
  expect(prompt).not.toContain('never');
  expect(prompt.split(text)).toHaveLength(2);
  expect(daemon.frames.filter(({ frame: each }) => each.kind === 'message-delivered')).toHaveLength(1);
});

it('G23 hands what came before the first turn to that', async () => {
  const { daemon, startHost, frame, read } = makeHostCase(shellAgent('cat'));
  daemon.answerHello = () => 'silent';
  await daemon.start();
  startHost();
  await vi.waitUntil(() => daemon.hellos.length > 0, WAIT);
  daemon.tell({ kind: 'message', messageId: 's1', text: 'first of all' });
  daemon.accept();
  expect(await frame('message-delivered')).toMatchObject({ messageId: 's1', turn: 1 });
  expect(read('prompt.md')).toMatch(/^first of all\n\n/);
});
