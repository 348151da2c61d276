import { describe, expect, it, vi } from 'vitest';
import { LeaseKeeper } from './lease-keeper.ts';
import { FakeNodeApi } from './testing/fake-node-api.ts';
import { ManualClock } from './testing/manual-clock.ts';

function setUp() {
  const api = new FakeNodeApi();
  const clock = new ManualClock();
  const lost: unknown[] = [];
  const held = { jobs: [{ jobId: 'j1', epoch: 3 }], attempts: [{ attemptId: 'a1', epoch: 2 }] };
  const empty = { jobs: [], attempts: [] };
  let now: typeof held | typeof empty = empty;
  const keeper = new LeaseKeeper({
    api,
    nodeId: 'n1',
    incarnation: 7,
    held: () => now,
    onLost: (loss) => void lost.push(loss),
    clock,
    log: () => {},
  });
  return {
    api,
    clock,
    lost,
    keeper,
    held,
    hold: (): void => void (now = held),
    drop: (): void => void (now = empty),
  };
}

describe('leases', () => {
  it('are renewed every five seconds while something is held', async () => {
    const { api, clock, keeper, held, hold } = setUp();
    hold();
    keeper.heed();
    keeper.heed();
    clock.advance(4_999);
    expect(api.renewals).toEqual([]);
    clock.advance(1);
    expect(api.renewals).toEqual([{ nodeId: 'n1', incarnation: 7, ...held }]);
    await vi.waitFor(() => expect(clock.waiting).toBe(1));
    clock.advance(5_000);
    expect(api.renewals).toHaveLength(2);
  });

  it('need no timer while nothing is held', async () => {
    const { api, clock, keeper, hold, drop } = setUp();
    keeper.heed();
    expect(clock.waiting).toBe(0);
    hold();
    keeper.heed();
    drop();
    clock.advance(5_000);
    await vi.waitFor(() => expect(clock.waiting).toBe(0));
    expect(api.renewals).toEqual([]);
  });

  it('that are lost are told, and a control plane that is away is asked again', async () => {
    const { api, clock, keeper, lost, hold } = setUp();
    hold();
    keeper.heed();
    api.failures.push(new Error('the store is away'));
    clock.advance(5_000);
    await vi.waitFor(() => expect(clock.waiting).toBe(1));
    expect(lost).toEqual([]);
    api.lost = { lostJobs: ['j1'], lostAttempts: [] };
    clock.advance(5_000);
    await vi.waitFor(() => expect(lost).toEqual([{ lostJobs: ['j1'], lostAttempts: [] }]));
  });

  it('are left alone after the stop', async () => {
    const { api, clock, keeper, hold } = setUp();
    hold();
    keeper.heed();
    keeper.stop();
    keeper.heed();
    clock.advance(10_000);
    expect([api.renewals, clock.waiting]).toEqual([[], 0]);
  });
});
