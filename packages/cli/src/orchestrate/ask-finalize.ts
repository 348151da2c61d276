import { newIdempotencyKey } from '@tina/client';
import { TinaError, type RunView } from '@tina/contract';
import type { FinalizeChoice } from '@tina/domain';
import type { Presenter } from '../follow/presenter.ts';
import { plain } from '../output/plain.ts';
import { printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import { gateClosing } from './gate-closing.ts';

/** Answers the gate at the end of a run that is followed: as `--yes` does, or as the person says. */
export function createFinalizer(
  context: CliContext,
  yes: boolean,
): (view: RunView, presenter: Presenter) => Promise<'go-on' | 'leave'> {
  const answered = new Set<string>();
  return async (view, presenter) => {
    const gate = view.gates.find((one) => one.kind === 'finalize' && !answered.has(one.id));
    if (gate === undefined || (!yes && !context.io.canAsk)) return 'go-on';
    answered.add(gate.id);
    if (yes) {
      await chooseFinalize(context, view.id, 'keep');
      presenter.note('--yes: the branch is kept');
      return 'go-on';
    }
    presenter.release();
    const choice = await askWhileOpen(context, view);
    if (choice === 'later') return 'leave';
    if (choice === 'closed') return 'go-on';
    const refused = await chooseFinalize(context, view.id, choice);
    if (refused !== null)
      printLines(context.io, [`Your answer (${choice}) came too late and was not taken: ${refused}`]);
    return 'go-on';
  };
}

/** Asks until there is an answer, or the gate is closed by somebody else. */
async function askWhileOpen(
  context: CliContext,
  view: RunView,
): Promise<FinalizeChoice | 'later' | 'closed'> {
  const stop = new AbortController();
  const closed = gateClosing(context, view, stop.signal).then((closing) => {
    if (closing !== null) stop.abort();
    return closing;
  });
  const choice = await ask(context, view, stop.signal);
  const isOpen = !stop.signal.aborted;
  stop.abort();
  if (isOpen) return choice ?? 'later';
  printLines(context.io, ['', (await closed) ?? 'Answered elsewhere.']);
  return 'closed';
}

/** Null when the choice was taken. The gate may have been answered elsewhere meanwhile: then that answer holds. */
export async function chooseFinalize(
  context: CliContext,
  run: string,
  choice: FinalizeChoice,
): Promise<string | null> {
  const input = { idempotencyKey: newIdempotencyKey(), run, choice };
  try {
    await request(context, (client) => client.call('run.finalize', input));
    return null;
  } catch (error) {
    if (!(error instanceof TinaError) || !ANSWERED_ELSEWHERE.has(error.code)) throw error;
    return plain(error.message);
  }
}

const ANSWERED_ELSEWHERE: ReadonlySet<string> = new Set(['already_chosen', 'run_ended']);

const ANSWERS: Readonly<Record<string, FinalizeChoice | null>> = {
  m: 'merge',
  merge: 'merge',
  p: 'pr',
  pr: 'pr',
  k: 'keep',
  keep: 'keep',
  d: 'discard',
  discard: 'discard',
  l: null,
  later: null,
};

/** Null: later, also when there is no answer. Nothing is chosen by pressing Enter. */
async function ask({ io }: CliContext, view: RunView, signal: AbortSignal): Promise<FinalizeChoice | null> {
  printLines(io, [
    '',
    `All phases are done. What becomes of ${view.branch}?`,
    `  m  merge into ${view.baseBranch}`,
    '  p  open a pull request',
    '  k  keep the branch as it is',
    '  d  discard the branch',
    '  l  decide later',
  ]);
  for (;;) {
    const answer = await io.ask('[m/p/k/d/l] ', signal);
    if (answer === null) return null;
    const choice = ANSWERS[answer.toLowerCase()];
    if (choice !== undefined) return choice;
    const wrong = answer === '' ? '' : `"${plain(answer)}" is no answer. `;
    printLines(io, [`${wrong}Type m, p, k, d or l, and Enter.`]);
  }
}
