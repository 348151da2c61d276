import type { RunEvent, RunState } from '@tina/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OpenBench } from './bench.ts';
import { TOY_MODEL } from './toy-model.ts';
import { advance, fold, startRun, taskAdded } from './toy-run.ts';

export function replayContract(open: OpenBench): void {
  anyEvents(open);
  longRuns(open);
}

function anyEvents(open: OpenBench): void {
  test('G02 whatever happens to a run, its rows are what its events fold to', async () => {
    const { store } = await open();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(toyEvent(), { maxLength: 6 }), { maxLength: 12 }),
        async (commits) => {
          let state: RunState = await startRun(store);
          for (const events of commits) state = await advance(store, state, events);

          expect(await store.loadRows(state.id)).toEqual(state);
          expect(await store.loadRun(state.id)).toEqual(state);
          const events = await store.readEvents({ runId: state.id, after: 0, limit: 1_000 });
          expect(fold(null, events)).toEqual(state);
        },
      ),
      { numRuns: 40 },
    );
  });
}

function longRuns(open: OpenBench): void {
  test('G02 a run of 5,000 events loads by folding no more than a snapshot leaves', async () => {
    let folded = 0;
    const { store } = await open({
      ...TOY_MODEL,
      evolve: (state, event) => {
        folded += 1;
        return TOY_MODEL.evolve(state, event);
      },
    });
    let state = await startRun(store);
    for (let commit = 0; commit < 714; commit += 1) {
      const events = Array.from({ length: 7 }, (_, index) =>
        taskAdded(`t${(commit * 7 + index) % 90}`, `${commit}`),
      );
      state = await advance(store, state, events);
    }
    expect(state.revision).toBe(4_999);

    const loaded = await store.loadRun(state.id);
    expect(folded).toBeLessThan(256 + 7);
    expect(loaded).toEqual(state);
    expect(await store.loadRows(state.id)).toEqual(state);
    const events = await store.readEvents({ runId: state.id, after: 0, limit: 10_000 });
    expect(fold(null, events)).toEqual(state);
  });

  test('G02 a commit of a thousand events over several snapshots is one commit', async () => {
    const { store } = await open();
    const before = await startRun(store);
    const state = await advance(
      store,
      before,
      Array.from({ length: 1_300 }, (_, index) => taskAdded(`t${index}`)),
    );
    expect(await store.loadRun(state.id)).toEqual(state);
    expect(await store.loadRows(state.id)).toEqual(state);
  });
}

function toyEvent(): fc.Arbitrary<RunEvent> {
  const id = fc.constantFrom('1', '2', '3', 'Zoë "quoted"\n');
  const text = fc.string({ unit: 'binary', maxLength: 8 });
  const amount = fc.option(fc.integer(), { nil: null });
  return fc.oneof(
    fc.tuple(id, text).map(([id, name]) => taskAdded(id, name)),
    id.map((taskId): RunEvent => ({ type: 'task.readied', data: { taskId } })),
    fc
      .tuple(id, text)
      .map(([taskId, reason]): RunEvent => ({ type: 'task.skipped', data: { taskId, reason } })),
    fc.tuple(id, text).map(([id, name]): RunEvent => ({
      type: 'team.created',
      data: { id, name, parentId: null, phase: null },
    })),
    fc.tuple(id, text, amount).map(([id, message, line]): RunEvent => {
      const place = { phase: '1', taskId: null, source: 'review', check: null, file: message, line } as const;
      return { type: 'finding.opened', data: { id, severity: 'major', message, ...place } };
    }),
    id.map((findingId): RunEvent => ({ type: 'finding.closed', data: { findingId, because: '' } })),
    fc.tuple(id, text).map(([id, question]): RunEvent => ({
      type: 'gate.opened',
      data: { id, taskId: id, kind: 'plan', question },
    })),
    fc.tuple(id, fc.nat()).map(([id, number]) => attemptRequested(id, number)),
  );
}

function attemptRequested(id: string, number: number): RunEvent {
  const place = {
    slot: 1,
    branch: 'b',
    epoch: number,
    startCommit: 'c',
    mergeCommit: null,
    jobId: `${id}-job`,
  };
  const who = { role: 'implementer', agent: 'scripted', model: null, predecessor: null } as const;
  return { type: 'attempt.requested', data: { attemptId: id, taskId: id, number, ...who, ...place } };
}
