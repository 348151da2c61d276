import { cut, error, inline, shell, text, type Step } from '@tina/model-server';
import type { TurnOutcome } from '@tina/domain';
import { expect, it, type TestContext } from 'vitest';
import { openCliCase } from './cli-case.ts';
import type { CliUnderTest } from './cli-under-test.ts';

/** The program's own tries are over by then: how long to wait after that is Tina's business. */
const BOUND_MS = 25_000;

export function describeCliErrors(subject: CliUnderTest): void {
  const endWith = async (context: TestContext, step: Step): Promise<TurnOutcome> => {
    const agent = await openCliCase(subject, context);
    const begunAt = performance.now();
    agent.beginTurn(1, inline([shell('echo 1'), step]));
    const outcome = await agent.outcomeOf(1);
    expect(performance.now() - begunAt).toBeLessThan(BOUND_MS);
    agent.beginTurn(2, inline([text('works again')]));
    expect(await agent.outcomeOf(2)).toMatchObject({ kind: 'completed', finalMessage: 'works again' });
    return outcome;
  };

  it('G15 tells a limit and when it ends', async (context) => {
    if (!subject.tellsReset) return context.skip('it does not tell when a limit ends');
    const agent = await openCliCase(subject, context, { hasSubscription: true });
    const resetAt = Math.floor(Date.now() / 1000) + 3_600;
    agent.beginTurn(1, inline([error(429, { resetAt, retryAfterSeconds: 3_600 })]));
    const outcome = await agent.outcomeOf(1);
    expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'limit' } });
    // Some say the time, others for how long.
    const told = outcome.kind === 'failed' ? (outcome.error.resetAt ?? 0) : 0;
    expect(Math.abs(told - resetAt * 1000)).toBeLessThan(60_000);
    return undefined;
  });

  it('G15 tells a limit that does not say when it ends', async (context) => {
    const outcome = await endWith(context, error(429));
    expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'limit', resetAt: null } });
  });

  it('goes on when an overloaded service recovers', async (context) => {
    const agent = await openCliCase(subject, context);
    agent.beginTurn(1, inline([error(529, { times: 2 }), text('got through')]));
    expect(await agent.outcomeOf(1)).toMatchObject({ kind: 'completed', finalMessage: 'got through' });
  });

  it('G15 tells that somebody has to log in, and how', async (context) => {
    const outcome = await endWith(context, error(401));
    expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'authentication' } });
    expect(JSON.stringify(outcome)).toContain(subject.login);
  });

  it('gives up a service that answers 500 for ever', async (context) => {
    const outcome = await endWith(context, error(500));
    expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'overload' } });
  });

  it('goes on after a stream that broke off', async (context) => {
    if (subject.lacks?.has('broken-streams') === true) return context.skip('it leaves that to Tina');
    const agent = await openCliCase(subject, context);
    agent.beginTurn(1, inline([cut(1), text('recovered')]));
    expect(await agent.outcomeOf(1)).toMatchObject({ kind: 'completed', finalMessage: 'recovered' });
    return undefined;
  });

  it('gives up a service whose streams always break off', async (context) => {
    const outcome = await endWith(context, cut());
    expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'network' } });
  });

  it('gives up a service that is gone', async (context) => {
    const agent = await openCliCase(subject, context);
    await agent.server.close();
    agent.beginTurn(1, 'Is anybody there?');
    expect(await agent.outcomeOf(1)).toMatchObject({ kind: 'failed', error: { kind: 'network' } });
  });
}
