import { describe, expect, it } from 'vitest';
import { HostMailbox } from './host-mailbox.ts';

const message = (id: string): { id: string; text: string } => ({ id, text: `text of ${id}` });

/** A mailbox with a program that takes messages, or does not. */
function mailbox({ takes = true, remembers = true } = {}) {
  const said: string[] = [];
  const delivered: string[] = [];
  const box = new HostMailbox({
    remembers,
    say: ({ id }) => {
      if (takes) said.push(id);
      return takes;
    },
    delivered: (id, mode) => delivered.push(`${id} ${mode}`),
  });
  return { box, said, delivered };
}

describe('a program that takes messages in the middle of a turn', () => {
  it('G24 is told one after the other, each when the one before was taken', () => {
    const { box, said, delivered } = mailbox();
    for (const id of ['1', '2', '3']) box.receive(message(id));
    expect(said).toEqual(['1']);
    box.taken('2');
    expect(delivered).toEqual([]);
    box.taken('1');
    box.taken('2');
    expect(said).toEqual(['1', '2', '3']);
    expect(delivered).toEqual(['1 in-turn', '2 in-turn']);
  });

  it('G25 is told nothing twice, and nothing that its agent has read', () => {
    const { box, said } = mailbox();
    box.receive(message('1'));
    box.receive(message('1'));
    box.receive(message('2'));
    box.forget('2');
    box.forget('3');
    box.receive(message('3'));
    box.taken('1');
    expect(said).toEqual(['1']);
    expect(box.beginTurn('next')).toBe('next');
  });

  it('G23 gets at the head of its next turn what it had not taken when the turn ended', () => {
    const { box, delivered } = mailbox();
    box.receive(message('1'));
    box.receive(message('2'));
    box.turnEnded();
    box.taken('1');
    expect(box.beginTurn('next')).toBe('text of 1\n\ntext of 2\n\nnext');
    expect(delivered).toEqual([]);
    box.turnStarted();
    expect(delivered).toEqual(['1 turn-start', '2 turn-start']);
  });
});

describe('a program that takes messages between turns alone', () => {
  it('gets all that waits at the head of the next turn, and again when that turn never began', () => {
    const { box, delivered } = mailbox({ takes: false });
    box.receive(message('1'));
    expect(box.beginTurn('next')).toBe('text of 1\n\nnext');
    box.receive(message('2'));
    box.turnEnded();
    expect(box.beginTurn('once more')).toBe('text of 1\n\ntext of 2\n\nonce more');
    box.turnStarted();
    box.turnStarted();
    expect(delivered).toEqual(['1 turn-start', '2 turn-start']);
    expect(box.beginTurn('last')).toBe('last');
  });

  it('is told again what it heard when it knows nothing of earlier turns', () => {
    const { box, delivered } = mailbox({ takes: false, remembers: false });
    box.receive(message('1'));
    box.beginTurn('first');
    box.turnStarted();
    box.turnEnded();
    box.receive(message('2'));
    expect(box.beginTurn('second')).toBe('text of 1\n\ntext of 2\n\nsecond');
    box.turnStarted();
    expect(delivered).toEqual(['1 turn-start', '2 turn-start']);
  });
});
