import { expect, it } from 'vitest';
import { makeLaunch } from '../testing/make-launch.ts';
import { followSession } from '../testing/followed-session.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import type { AgentUnderTest } from './agent-under-test.ts';
import { beginCase, lastWord } from './conformance-case.ts';
import { matching } from '../testing/matching.ts';

export function describeFailures(subject: AgentUnderTest): void {
  it('G15 tells a crash, with what the program said last', async (context) => {
    const { beginTurn, outcomeOf } = beginCase(subject, 'crashes', context);
    beginTurn(1, 'Do it.');
    const outcome = await outcomeOf(1);
    expect(outcome).toMatchObject({
      kind: 'failed',
      error: { kind: 'crash', message: matching(/exit code 3[^]*boom/) },
    });
  });

  it('takes another turn after a crash, in a new process', async (context) => {
    const { beginTurn, outcomeOf, events } = beginCase(subject, 'crashes', context);
    beginTurn(1, 'Do it.');
    await outcomeOf(1);
    beginTurn(2, 'Go on.');
    await outcomeOf(2);
    expect(events.filter(({ kind }) => kind === 'process-started')).toHaveLength(2);
  });

  it('makes up no report for an agent that left early', async (context) => {
    const { beginTurn, outcomeOf } = beginCase(subject, 'leaves-early', context);
    beginTurn(1, 'Do it.');
    const outcome = await outcomeOf(1);
    // Where a protocol has a final record, its absence is a crash; where it has none, nothing was said.
    const said = outcome.kind === 'completed' ? [outcome.report, outcome.finalMessage] : outcome.error.kind;
    expect([[null, ''], 'crash']).toContainEqual(said);
  });

  it('G15 tells a limit and when it ends, and takes another turn after it', async (context) => {
    const { beginTurn, outcomeOf } = beginCase(subject, 'meets-limit', context);
    beginTurn(1, 'Do it.');
    const outcome = await outcomeOf(1);
    const error = { kind: 'limit', resetAt: expect.any(Number) as number };
    expect(outcome).toMatchObject({ kind: 'failed', error });
    beginTurn(2, 'Go on.');
    await outcomeOf(2);
  });

  it('passes on a report that does not fit as a message, not as a report', async (context) => {
    const { beginTurn, outcomeOf } = beginCase(subject, 'reports-nonsense', context);
    beginTurn(1, 'Do it.');
    const outcome = await outcomeOf(1);
    expect(outcome).toMatchObject({ kind: 'completed', report: null, finalMessage: matching(/./) });
    expect(lastWord(outcome)).not.toContain('all done');
  });

  it('ends the turn when the program cannot be started', async (context) => {
    const definition = subject.missing();
    if (definition === null) return context.skip('the program is Tina’s own');
    const { beginTurn, outcomeOf } = followSession(
      subject.adapter,
      makeLaunch(temporaryFolder(), definition),
    );
    beginTurn(1, 'Do it.');
    const outcome = await outcomeOf(1);
    expect(outcome).toMatchObject({
      kind: 'failed',
      error: { kind: 'crash', message: matching(/not found/) },
    });
    return undefined;
  });
}
