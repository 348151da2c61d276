import { expect, it } from 'vitest';
import { runningInGroup } from '../testing/process-group.ts';
import type { AgentUnderTest } from './agent-under-test.ts';
import { beginCase } from './conformance-case.ts';

export function describeEnding(subject: AgentUnderTest): void {
  it('G14 ends an agent that hangs', async (context) => {
    const { beginTurn, find, session, events } = beginCase(subject, 'hangs', context);
    beginTurn(1, 'Do it.');
    const { pid } = await find('process-started');
    await find('text');
    await session.end({ graceMs: 5_000 });
    expect(runningInGroup(pid)).toEqual([]);
    expect(session.pid).toBeNull();
    expect(events.some(({ kind }) => kind === 'turn-ended')).toBe(false);
  });

  it('G14 kills an agent that ignores SIGTERM', async (context) => {
    const { beginTurn, find, session } = beginCase(subject, 'hangs-deaf', context);
    beginTurn(1, 'Do it.');
    const { pid } = await find('process-started');
    await find('text');
    const begunAt = performance.now();
    await session.end({ graceMs: 100 });
    expect(performance.now() - begunAt).toBeGreaterThanOrEqual(99);
    expect(runningInGroup(pid)).toEqual([]);
  });

  it('G14 ends the children of an agent', async (context) => {
    const { beginTurn, find, outcomeOf, session } = beginCase(subject, 'leaves-child', context);
    beginTurn(1, 'Do it.');
    const { pid } = await find('process-started');
    await outcomeOf(1);
    await session.end({ graceMs: 1_000 });
    expect(runningInGroup(pid)).toEqual([]);
  });

  it('closes its events when it has ended, and may be ended twice', async (context) => {
    const { beginTurn, outcomeOf, session } = beginCase(subject, 'reports', context);
    beginTurn(1, 'Do it.');
    await outcomeOf(1);
    await Promise.all([session.end({ graceMs: 1_000 }), session.end({ graceMs: 1_000 })]);
    await session.end({ graceMs: 1_000 });
    expect(session.pid).toBeNull();
  });
}
