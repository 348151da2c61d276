import type { Answer, NodeApi } from '@tina/contract';
import { assertNever, type NodeCommand, type Report, type RunState } from '@tina/domain';
import type { Document, Store } from '@tina/store';
import type { Executed, RunExecutor } from '../executor/run-executor.ts';
import { sha256 } from './secrets.ts';

type AttemptWords = Pick<
  NodeApi,
  'beginAttempt' | 'endTurn' | 'warn' | 'loseAttempt' | 'report' | 'deliverMessage'
>;
type AttemptCommand = Extract<NodeCommand, { attemptId: string }>;

/** What nodes say of attempts, as commands to their runs. */
export function createAttemptWords(dependencies: {
  readonly store: Store;
  readonly executor: RunExecutor;
}): AttemptWords {
  const { store, executor } = dependencies;

  async function say(
    attemptId: string,
    command: AttemptCommand | ((state: RunState) => Promise<AttemptCommand>),
    documents: readonly Document[] = [],
  ): Promise<Answer> {
    const runId = await store.findOwner('attempt', attemptId);
    if (runId === null) {
      return { ok: false, code: 'unknown_attempt', message: `There is no attempt ${attemptId}.` };
    }
    return answerOf(await executor.execute(runId, command, { documents }));
  }

  return {
    beginAttempt: (begin) => say(begin.attemptId, { kind: 'begin-attempt', ...begin }),
    warn: (warning) => say(warning.attemptId, { kind: 'warn-attempt', ...warning }),
    loseAttempt: (lost) => say(lost.attemptId, { kind: 'lose-attempt', ...lost }),
    deliverMessage: (delivered) => say(delivered.attemptId, { kind: 'deliver-message', ...delivered }),
    report(given) {
      const documents = planDocuments(given.report);
      const document = documents[0]?.hash ?? null;
      return say(given.attemptId, { kind: 'report', ...given, document }, documents);
    },
    endTurn(ended) {
      const { attemptId, outcome } = ended;
      const documents = planDocuments(outcome.kind === 'completed' ? outcome.report : null);
      const document = documents[0]?.hash ?? null;
      return say(
        attemptId,
        async (state) => {
          const reportedPlan = await earlierPlan(store, state, attemptId);
          return { kind: 'end-turn', ...ended, document, reportedPlan };
        },
        documents,
      );
    },
  };
}

/** The text of a plan that the attempt reported before its turn ended; null when it did not. */
async function earlierPlan(store: Store, state: RunState, attemptId: string): Promise<string | null> {
  const report = state.attempts[attemptId]?.report;
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
      // The only thing that can be refused of a node's word: a job that it does not hold any more.
      return { ok: false, code: 'stale_job', message: 'The job is held by another, or done.' };
    default:
      return assertNever(executed);
  }
}
