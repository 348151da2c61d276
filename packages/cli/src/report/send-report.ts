import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@tina/client';
import { TinaError, UnreachableError, type ProcedureInput, type ProcedureOutput } from '@tina/contract';
import { printJson, printLines } from '../output/print.ts';
import { requireAgent } from '../agent/call-as-agent.ts';
import type { AgentIdentity } from '../program/agent-identity.ts';
import type { CliContext } from '../program/context.ts';

/** A daemon that is restarted is back in seconds; after a minute something else is wrong. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 500;

export type ReportInput = ProcedureInput<'agent.report'>['report'];

/** Gives the report to the daemon, as the attempt that the environment names, and says that it was taken. */
export async function sendReport(
  context: CliContext,
  flags: { readonly json: boolean },
  report: ReportInput,
  patienceMs: number = PATIENCE_MS,
): Promise<void> {
  const answer = await deliver(requireAgent(context), report, patienceMs);
  if (flags.json) return printJson(context.io, answer);
  printLines(context.io, [`Report accepted for attempt ${answer.attemptId}. You are done.`]);
}

/** A report that was taken already may be sent again; the same report has the same effect. */
async function deliver(
  { socketPath, token }: AgentIdentity,
  report: ReportInput,
  patienceMs: number,
): Promise<ProcedureOutput<'agent.report'>> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      const client = await connect({ socketPath, token });
      try {
        return await client.call('agent.report', { report });
      } finally {
        client.close();
      }
    } catch (error) {
      if (!(error instanceof UnreachableError) || performance.now() + PAUSE_MS > deadline)
        throw explain(error, patienceMs);
      await sleep(PAUSE_MS);
    }
  }
}

function explain(error: unknown, patienceMs: number): unknown {
  if (error instanceof UnreachableError) {
    return new UnreachableError({
      ...error.toData(),
      message: `The report was not delivered: no daemon answered for ${patienceMs / 1000} s.`,
      place: error.place ?? {},
      next: [
        'the same command again',
        'or end your last message with the one-line form that your task names',
      ],
    });
  }
  if (!(error instanceof TinaError)) return error;
  const data = error.toData();
  return new TinaError({
    ...data,
    message: `The report was refused: ${data.message}`,
    place: data.place ?? {},
  });
}
