import type {
  LeftoverQuery,
  Machine,
  ParsedInput,
  Remain,
  RemovableRemain,
  RepairedItem,
} from '@tina/contract';
import type { RunMend } from '@tina/store';
import { resolveRunId } from '../../query/resolve.ts';
import { leftoverQuery } from '../clean-up.ts';
import type { ControlActions } from '../control-actions.ts';
import { type Finding, type StorePatch, toView } from './finding.ts';
import { look, type VerifyDependencies } from './look.ts';
import type { RunReport } from './verify-run.ts';

export interface RepairDependencies extends VerifyDependencies {
  readonly machine: Machine;
  readonly actions: ControlActions;
  /** Told when the store was mended: jobs, timers and leases may have come back. */
  readonly onMended: () => void;
}

/**
 * Mends what a look finds and is safe to mend; with `all`, also what is asked before. Says of everything what became of it.
 * Done again, it finds it done. Logged as what an operator asked for (G28).
 */
export function repair(
  dependencies: RepairDependencies,
  input: ParsedInput<'run.repair'>,
  requestedBy: string,
): Promise<RepairedItem[]> {
  const { idempotencyKey, ...payload } = input;
  const request = { kind: 'run.repair', idempotencyKey, requestedBy, payload };
  return dependencies.actions.once(request, async (ticket) => {
    const runId = input.run === undefined ? null : await resolveRunId(dependencies.store, input.run);
    if (runId !== null) ticket.concerns(runId);
    const answer = await repairFound(dependencies, runId, input.all);
    return { kind: 'to-log', answer };
  });
}

async function repairFound(
  dependencies: RepairDependencies,
  runId: string | null,
  all: boolean,
): Promise<RepairedItem[]> {
  const { runs, home } = await look(dependencies, runId);
  const items: RepairedItem[] = [];
  for (const report of runs) items.push(...(await repairRun(dependencies, report, all)));
  for (const finding of home) {
    const outcome = await tryToMend(finding, all, () => removeRemain(dependencies, finding));
    items.push(toItem(null, finding, outcome));
  }
  return items;
}

async function repairRun(
  dependencies: RepairDependencies,
  report: RunReport,
  all: boolean,
): Promise<readonly RepairedItem[]> {
  const { runId, findings } = report;
  const inStore = findings.filter(
    ({ mending, mend }) => mending?.kind === 'store' && (all || mend === 'safe'),
  );
  // All of them in one transaction, and each is told what came of it.
  const ofStore = inStore.length === 0 ? LEFT_OPEN : await mendStore(dependencies, report, inStore);
  const items: RepairedItem[] = [];
  for (const finding of findings) {
    const outcome = await tryToMend(finding, all, async () => {
      if (finding.mending?.kind === 'store') return ofStore;
      if (finding.mending?.kind === 'leftover') return removeLeftover(dependencies, report, finding.name);
      return removeRemain(dependencies, finding);
    });
    items.push(toItem(runId, finding, outcome));
  }
  return items;
}

interface Outcome {
  readonly outcome: 'mended' | 'left';
  readonly why: string;
}

const LEFT_OPEN: Outcome = { outcome: 'left', why: 'nothing of it can be mended in the store' };

/** What stays must not keep the rest from being mended. */
async function tryToMend(finding: Finding, all: boolean, mend: () => Promise<Outcome>): Promise<Outcome> {
  if (finding.mending === null) return { outcome: 'left', why: 'only a person can mend it' };
  if (finding.mend === 'ask' && !all) return { outcome: 'left', why: 'it is mended only when you say so' };
  try {
    return await mend();
  } catch (error) {
    return {
      outcome: 'left',
      why: `it could not be mended: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

const STALE =
  'the run went on meanwhile: do it again; when this stays, its row is at a wrong event, and only a copy of tina.db from before helps';

async function mendStore(
  { store, onMended }: RepairDependencies,
  { state }: RunReport,
  findings: readonly Finding[],
): Promise<Outcome> {
  if (state === null) return { outcome: 'left', why: 'its events cannot be folded' };
  const patches = findings.flatMap(({ mending }) => (mending?.kind === 'store' ? [mending.patch] : []));
  if (!(await store.mendRun({ state, ...merge(patches) }))) {
    return { outcome: 'left', why: STALE };
  }
  onMended();
  return { outcome: 'mended', why: 'it was made anew from its events' };
}

function merge(patches: readonly StorePatch[]): Omit<RunMend, 'state'> {
  return {
    replacesRows: patches.some(({ replacesRows }) => replacesRows),
    dropsSnapshots: patches.some(({ dropsSnapshots }) => dropsSnapshots),
    withdraw: patches.flatMap(({ withdraw = [] }) => withdraw),
    requeue: patches.flatMap(({ requeue = [] }) => requeue),
    setTimers: patches.flatMap(({ setTimers = [] }) => setTimers),
    clearTimers: patches.flatMap(({ clearTimers = [] }) => clearTimers),
    grantLeases: patches.flatMap(({ grantLeases = [] }) => grantLeases),
    releaseLeases: patches.flatMap(({ releaseLeases = [] }) => releaseLeases),
    dropTokens: patches.flatMap(({ dropTokens = [] }) => dropTokens),
  };
}

async function removeRemain({ remains }: RepairDependencies, { mending }: Finding): Promise<Outcome> {
  const remain = mending?.kind === 'remain' ? mending.remain : null;
  if (remains === null || remain === null || !isRemovable(remain)) return LEFT_OPEN;
  await remains.remove(remain);
  return { outcome: 'mended', why: remain.kind === 'process' ? 'it was ended' : 'it was removed' };
}

function isRemovable(remain: Remain): remain is RemovableRemain {
  return remain.kind !== 'worktree' && remain.kind !== 'branch' && remain.kind !== 'rescue-ref';
}

/** As `tina cleanup` does it: work is put under a ref first, and what cannot be kept stays (G22). */
async function removeLeftover(
  { machine, store }: RepairDependencies,
  { state }: RunReport,
  name: string,
): Promise<Outcome> {
  if (state === null) return LEFT_OPEN;
  const { projectId, feature } = state;
  const query: LeftoverQuery = leftoverQuery(
    state,
    await store.listRuns({ projectId, feature, limit: ALL_RUNS }),
  );
  const found = (await machine.findLeftovers([query])).filter((item) => item.name === name);
  const [item] = await machine.removeLeftovers(found, [query]);
  if (!item) return { outcome: 'mended', why: 'it is gone already' };
  return { outcome: item.action === 'remove' ? 'mended' : 'left', why: item.why };
}

const ALL_RUNS = 1_000_000;

function toItem(runId: string | null, finding: Finding, { outcome, why }: Outcome): RepairedItem {
  return { ...toView(finding), runId, outcome, why };
}
