import type { EventView } from '@tina/contract';
import { describe, expect, it } from 'vitest';
import { recordedEvents } from '../play/facts.test-support.ts';
import type { Moment } from '../scenario/fault.ts';
import { createLedger, enter } from '../watcher/ledger.ts';
import { matches, momentText } from './matches.ts';

type EventMoment = Extract<Moment, { kind: 'event' }>;

function moment(given: Partial<EventMoment>): EventMoment {
  return {
    kind: 'event',
    event: 'task.completed',
    task: null,
    phase: null,
    role: null,
    step: null,
    nth: 1,
    ...given,
  };
}

/** The recorded events that a moment means. */
function meant(given: Partial<EventMoment>): readonly EventView[] {
  const ledger = createLedger('r');
  return recordedEvents('everything-killed').filter((event) => {
    enter(ledger, event);
    return matches(moment(given), ledger, event);
  });
}

describe('a moment', () => {
  it('is an event of a type, for a task, a phase, a role or a step', () => {
    expect(meant({})).toHaveLength(12);
    expect(meant({ task: 'plan-phase-1' })).toHaveLength(1);
    expect(meant({ phase: '2' })).toHaveLength(4);
    expect(meant({ event: 'phase.added', phase: '2' })).toHaveLength(1);
    expect(meant({ event: 'attempt.lost', role: 'implementer' })).toHaveLength(1);
    expect(meant({ event: 'attempt.started', task: 'phase-1-task-1' }).length).toBeGreaterThan(1);
    expect(meant({ event: 'task.advanced', step: 'merge' })).toHaveLength(3);
    expect(meant({ task: 'no-such-task' })).toEqual([]);
    expect(meant({ event: 'attempt.lost', role: 'resolver' })).toEqual([]);
  });

  it('is told in words', () => {
    expect(momentText({ kind: 'launch' })).toBe('the launch');
    expect(momentText({ kind: 'reached', point: 'work' })).toBe("an agent's coming to at/work");
    expect(momentText(moment({ task: 'finalize', step: 'land', nth: 2 }))).toBe(
      'event task.completed (task finalize, step land), number 2',
    );
    expect(momentText(moment({}))).toBe('event task.completed');
  });
});
