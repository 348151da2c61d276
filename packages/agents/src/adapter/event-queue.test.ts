import { expect, it } from 'vitest';
import type { AgentEvent } from './agent-event.ts';
import { EventQueue } from './event-queue.ts';

const text = (number: number): AgentEvent => ({ kind: 'text', text: String(number) });

it('asks a writer to pause while the reader is behind', async () => {
  const asked: string[] = [];
  const queue = new EventQueue({ pause: () => asked.push('pause'), resume: () => asked.push('resume') });
  for (let number = 0; number < 1_000; number += 1) queue.push(text(number));
  expect(asked).toEqual(['pause']);
  queue.close();
  queue.push(text(1_000));
  const read: AgentEvent[] = [];
  for await (const event of queue) read.push(event);
  expect(read).toEqual(Array.from({ length: 1_000 }, (_none, number) => text(number)));
  expect(asked).toEqual(['pause', 'resume']);
});

it('hands over what comes while it is read', async () => {
  const queue = new EventQueue({ pause: () => {}, resume: () => {} });
  const read: string[] = [];
  const reading = (async () => {
    for await (const event of queue) read.push(event.kind);
  })();
  queue.push(text(1));
  await Promise.resolve();
  queue.push({ kind: 'progress', message: 'half' });
  queue.close();
  await reading;
  expect(read).toEqual(['text', 'progress']);
});
