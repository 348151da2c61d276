import type { Answer, NodeApi } from '@tina/contract';
import type { NodeCommand, Report } from '@tina/domain';
import type { Document, Store } from '@tina/store';
import type { Executed, RunExecutor } from '../executor/run-executor.ts';
import { sha256 } from './secrets.ts';

type AttemptWords = Pick<NodeApi, 'beginAttempt' | 'endTurn' | 'warn' | 'loseAttempt' | 'report'>;

/** What nodes say of attempts, as commands to their runs. */
export function createAttemptWords(dependencies: {
  readonly store: Store;
  readonly executor: RunExecutor;
}): AttemptWords {
  const { store, executor } = dependencies;

  async function say(
    command: Extract<NodeCommand, { attemptId: string }>,
    documents: readonly Document[] = [],
  ): Promise<Answer> {
    const runId = await store.findOwner('attempt', command.attemptId);
    if (runId === null) {
      return { ok: false, code: 'unknown_attempt', message: `There is no attempt ${command.attemptId}.` };
    }
    return answerOf(await executor.execute(runId, command, { documents }));
  }

  return {
    beginAttempt: (begin) => say({ kind: 'begin-attempt', ...begin }),
    warn: (warning) => say({ kind: 'warn-attempt', ...warning }),
    loseAttempt: (lost) => say({ kind: 'lose-attempt', ...lost }),
    report(given) {
      const documents = planDocuments(given.report);
      return say({ kind: 'report', ...given, document: documents[0]?.hash ?? null }, documents);
    },
    async endTurn(ended) {
      const report = ended.outcome.kind === 'completed' ? ended.outcome.report : null;
      const documents = planDocuments(report);
      const reportedPlan = await earlierPlan(dependencies, ended.attemptId);
      return say(
        { kind: 'end-turn', ...ended, document: documents[0]?.hash ?? null, reportedPlan },
        documents,
      );
    },
  };
}

/** The text of a plan that the attempt reported before its turn ended; null when it did not. */
async function earlierPlan(
  { store, executor }: { readonly store: Store; readonly executor: RunExecutor },
  attemptId: string,
): Promise<string | null> {
  const runId = await store.findOwner('attempt', attemptId);
  const state = runId === null ? null : await executor.load(runId);
  const report = state?.attempts[attemptId]?.report;
  return report?.kind === 'plan' ? store.readDocument(report.document) : null;
}

function planDocuments(report: Report | null): readonly Document[] {
  return report?.kind === 'plan' ? [{ hash: sha256(report.markdown), text: report.markdown }] : [];
}

export function answerOf(executed: Executed): Answer {
  switch (executed.kind) {
    case 'done':
      return { ok: true };
    case 'rejected':
      return { ok: false, code: executed.rejection.code, message: executed.rejection.message };
    case 'no-such-run':
      return { ok: false, code: 'no_such_run', message: 'There is no such run.' };
    case 'refused':
      return { ok: false, code: executed.result.kind, message: 'Someone else was first.' };
  }
}
