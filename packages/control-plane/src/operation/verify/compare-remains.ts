import type { Remain } from '@tina/contract';
import type { RunState } from '@tina/domain';
import { byHand, type Finding, repair } from './finding.ts';

/** What is known of the runs, to tell what belongs to one of them. */
export interface KnownStates {
  readonly states: ReadonlyMap<string, RunState>;
  /** Whether these are all runs, each of them readable: only then is what belongs to none an orphan (G06). */
  readonly isComplete: boolean;
}

/** An orphan, with the run that it was of; null where no run knows it. */
export interface Orphan {
  readonly runId: string | null;
  readonly finding: Finding;
}

/** What of this belongs to nothing any more. Whatever a run or an attempt that goes on may need is none of it. */
export function findOrphans(remains: readonly Remain[], known: KnownStates): readonly Orphan[] {
  const runOfAttempt = new Map(
    [...known.states.values()].flatMap((state) =>
      Object.keys(state.attempts).map((id) => [id, state] as const),
    ),
  );
  return remains.flatMap((remain): readonly Orphan[] => {
    const { kind, id } = remain.of;
    const state = kind === 'run' ? known.states.get(id) : runOfAttempt.get(id);
    if (state) {
      const finding = judge(remain, state);
      return finding === null ? [] : [{ runId: state.id, finding }];
    }
    return known.isComplete ? [{ runId: null, finding: unknown(remain) }] : [];
  });
}

/** Of a run that is known; null for what belongs to it. */
function judge(remain: Remain, state: RunState): Finding | null {
  if (remain.of.kind === 'attempt') return judgeOfAttempt(remain, state);
  const isOver =
    state.control === 'ended' && state.slotsRemoval !== 'requested' && state.slotsRemoval !== 'none';
  if (remain.kind === 'worktree') {
    const unsettled = Object.values(state.attempts).filter(({ settled }) => !settled);
    // What could not be put into safety stays where it is.
    if (!isOver || unsettled.some(({ slot }) => slot === remain.slot)) return null;
    return asLeftover(remain, state, `worktree ${remain.name} is there, and run ${state.id} has ended`);
  }
  if (remain.kind !== 'setup-files' || !isOver) return null;
  return removable(
    remain,
    state.id,
    'safe',
    `what ${remain.name} tells of worktrees, run ${state.id} does not need`,
  );
}

function judgeOfAttempt(remain: Remain, state: RunState): Finding | null {
  const { id } = remain.of;
  if (state.attempts[id]?.settled !== true) return null;
  const over = `attempt ${id} is over`;
  const { kind, name } = remain;
  if (kind === 'branch') return asLeftover(remain, state, `branch ${name} is there, and ${over}`);
  if (kind === 'session') return removable(remain, state.id, 'safe', `session ${name} is there, and ${over}`);
  if (kind === 'process') return leftOver(remain, state.id, over);
  // Its files are kept to be read, until `tina cleanup`.
  if (kind !== 'launch-script') return null;
  return removable(remain, state.id, 'safe', `${name} was never read, and ${over}`);
}

/** The way of `tina cleanup`: what is in it alone is kept under a ref first, and what cannot be kept stays (G22). */
function asLeftover({ kind, name }: Remain, { id }: RunState, message: string): Finding {
  return {
    kind,
    name,
    message,
    mend: 'safe',
    next: [repair(id, 'safe')],
    mending: { kind: 'leftover', name },
  };
}

function removable(remain: Remain, runId: string | null, mend: 'safe' | 'ask', message: string): Finding {
  const { kind, name } = remain;
  return { kind, name, message, mend, next: [repair(runId, mend)], mending: { kind: 'remain', remain } };
}

/** A process goes on for nobody: its attempt is over, or not known. It is named to the kernel by its start as well. */
function leftOver(remain: Remain, runId: string | null, why: string): Finding {
  const pid = remain.process?.pid ?? 0;
  const message = `process ${pid}, started for attempt ${remain.of.id}, is running, and ${why}`;
  const found = removable(remain, runId, 'safe', message);
  return { ...found, next: [`ps -o pid,ppid,lstart,command -p ${pid}`, ...found.next] };
}

/** It may be all that is left of somebody's work, or another home's: nothing but a person lets go of it. */
function unknownRescueRef({ name, of, repository }: Remain): Finding {
  const message = `${name} is there, and no run of this home knows of ${of.kind} ${of.id}`;
  const git = `git -C '${repository ?? '.'}'`;
  return byHand('rescue-ref', name, message, [
    `${git} log --stat '${name}'`,
    `${git} update-ref -d '${name}'`,
  ]);
}

/** Of no run. Somebody's work may be in a worktree, so that nothing but a look decides. */
function unknown(remain: Remain): Finding {
  const { kind, name, of } = remain;
  if (kind === 'rescue-ref') return unknownRescueRef(remain);
  if (kind === 'process') return leftOver(remain, null, `no run knows of attempt ${of.id}`);
  const message = `${name} is there, and no run knows of ${of.kind} ${of.id}`;
  if (kind === 'worktree' || kind === 'branch') {
    return byHand(kind, name, message, [`git -C '${name}' status`, `git worktree remove '${name}'`]);
  }
  return removable(remain, null, kind === 'launch-script' ? 'safe' : 'ask', message);
}
