import { describe, expect, it } from 'vitest';
import type { Assignment } from '@tina/contract';
import { HostedAttempt } from './host/hosted-attempt.ts';
import { agentsAtWork, leasesOf, parkedAttempts } from './holdings.ts';
import { systemPlatform } from './platform/system-platform.ts';
import { ManualClock } from './testing/manual-clock.ts';

const clock = new ManualClock();

function attempt(attemptId: string, stage: 'awaited' | 'running', isParked = false): HostedAttempt {
  return new HostedAttempt({
    daemonEnvironment: null,
    attemptId,
    epoch: 1,
    stage,
    isParked,
    clock,
    ...systemPlatform,
    onGone: () => {},
  });
}

function connected(attemptId: string): HostedAttempt {
  const made = attempt(attemptId, 'running');
  connect(made);
  return made;
}

/** Its host says hello, in turn 1. */
function connect(made: HostedAttempt): void {
  const { attemptId } = made;
  const hello = { attemptId, epoch: 1, token: 't', hostPid: 2, agentVersion: '1', session: null, turn: 1 };
  const identity = { pid: 2, startTime: '1' };
  made.connect({ ...hello, workingDirectory: '/', branch: 'b' }, identity, { send: () => {}, end: () => {} });
}

function job(
  kind: 'start-agent' | 'continue-agent' | 'settle-attempt' | 'merge',
  attemptId: string,
): Assignment {
  return { job: { kind, jobId: `${kind} ${attemptId}`, attemptId }, epoch: 4 } as unknown as Assignment;
}

describe('the leases of a node', () => {
  it('are those of its jobs, of what is being started, and of hosts that are heard of', () => {
    const jobs = [job('start-agent', 'a1'), job('merge', '')];
    const attempts = [
      attempt('a1', 'awaited'),
      attempt('a2', 'awaited'),
      connected('a3'),
      attempt('a4', 'running'),
    ];
    expect(leasesOf({ jobs, attempts })).toEqual({
      jobs: [
        { jobId: 'start-agent a1', epoch: 4 },
        { jobId: 'merge ', epoch: 4 },
      ],
      attempts: [
        { attemptId: 'a1', epoch: 1 },
        { attemptId: 'a3', epoch: 1 },
      ],
    });
  });

  it('do not hold an attempt whose host has fallen silent', () => {
    const attempts = [connected('a1')];
    clock.advance(10_000);
    expect(leasesOf({ jobs: [], attempts }).attempts).toHaveLength(1);
    clock.advance(1);
    expect(leasesOf({ jobs: [], attempts }).attempts).toEqual([]);
    attempts[0]?.heardOf();
    expect(leasesOf({ jobs: [], attempts }).attempts).toHaveLength(1);
  });
});

describe('agents at work', () => {
  it('are those that start, run and end, each counted once; parked ones are not', () => {
    const jobs = [job('start-agent', 'a1'), job('settle-attempt', 'a2'), job('merge', '')];
    const attempts = [attempt('a1', 'awaited'), attempt('a3', 'running'), attempt('a4', 'running', true)];
    expect(agentsAtWork({ jobs, attempts })).toBe(3);
    expect(agentsAtWork({ jobs: [], attempts: [attempt('a5', 'awaited')] })).toBe(0);
  });

  it('G15 are parked ones as soon as they are to be woken, and those at work no second time', () => {
    const jobs = [job('continue-agent', 'a1'), job('continue-agent', 'a2')];
    const attempts = [
      attempt('a1', 'running'),
      attempt('a2', 'running', true),
      attempt('a3', 'running', true),
    ];
    expect(agentsAtWork({ jobs, attempts })).toBe(2);
    expect(parkedAttempts({ jobs, attempts })).toEqual(['a3']);
    expect(parkedAttempts({ jobs: [], attempts })).toEqual(['a2', 'a3']);
  });

  it('G15 are those that an earlier daemon woke, as soon as their host says so', () => {
    const woken = (turn: number): HostedAttempt => {
      const made = attempt('a1', 'running', true);
      made.wakesWith(turn);
      connect(made);
      return made;
    };
    expect(parkedAttempts({ jobs: [], attempts: [woken(2)] }), 'its host is in turn 1').toEqual(['a1']);
    expect(parkedAttempts({ jobs: [], attempts: [woken(1)] })).toEqual([]);
  });
});
