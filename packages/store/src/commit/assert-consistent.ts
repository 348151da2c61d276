import type { RunWrite } from '../store.ts';

/**
 * A write whose parts do not belong together is a mistake of the caller, and would break replay (G02) for good.
 * @throws Error that names what does not fit
 */
export function assertConsistent(write: RunWrite): void {
  const { runId, expectedRevision, before, after, events } = write;
  const expectations: readonly (readonly [string, boolean])[] = [
    ['the state before has the expected revision', (before?.revision ?? 0) === expectedRevision],
    ['the state after belongs to the run', after.id === runId],
    ['the state after follows the events', after.revision === expectedRevision + events.length],
    ['a new run has events', before !== null || events.length > 0],
    [
      'the events belong to the run and are numbered without a gap',
      events.every((event, index) => event.runId === runId && event.number === expectedRevision + index + 1),
    ],
  ];
  const broken = expectations.find(([, holds]) => !holds);
  if (broken !== undefined)
    throw new Error(`Inconsistent write of run ${runId}: it must hold that ${broken[0]}.`);
}
