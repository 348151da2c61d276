import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editOf, helpful, type Move, STUBBORN, stubbornWord, talkOf } from './moves.test-support.ts';
import { Pair } from './pair.test-support.ts';
import type { RefRules } from './reference-run.test-support.ts';

/** Enough for a gate that is run often; `MODEL_RUNS=20000` looks longer. */
const RUNS = Number(process.env['MODEL_RUNS'] ?? 150);
/** Always the same runs; another `MODEL_SEED` makes others. A failure prints the seed and the path to itself. */
const SEED = Number(process.env['MODEL_SEED'] ?? 1);
const PATH = process.env['MODEL_PATH'];

/** Far more than the runs take; it ends the search for the smallest example of one that fails. */
const TIME_LIMIT_MS = RUNS * 300;

/** How much may follow until a run that goes well is at its end. */
const MAX_MOVES_TO_END = 3_000;

const rules: fc.Arbitrary<RefRules> = fc.record({
  phases: fc.integer({ min: 1, max: 2 }),
  plan: fc
    .array(
      fc.record({
        dependsOn: fc.uniqueArray(fc.nat(2), { maxLength: 2 }),
        reviews: fc.constantFrom<RefRules['plan'][number]['reviews'][]>(
          [],
          ['spec-review'],
          ['quality-review'],
          ['spec-review', 'quality-review'],
        ),
      }),
      { minLength: 1, maxLength: 3 },
    )
    .map((tasks) =>
      tasks.map(({ dependsOn, reviews }, index) => ({
        dependsOn: dependsOn.filter((other) => other < index),
        reviews,
      })),
    ),
  parallel: fc.integer({ min: 1, max: 3 }),
  gates: fc.record({ plan: fc.boolean(), review: fc.boolean() }),
  turns: fc.oneof(
    { weight: 3, arbitrary: fc.constant({ attempt: null, phase: null, run: null }) },
    {
      weight: 1,
      arbitrary: fc.record({
        attempt: fc.constantFrom(null, 1, 2),
        phase: fc.constantFrom(null, 3, 8),
        run: fc.constantFrom(null, 4, 12),
      }),
    },
  ),
  finalize: fc.constantFrom(
    'ask' as const,
    'merge' as const,
    'pr' as const,
    'keep' as const,
    'discard' as const,
  ),
});

const move: fc.Arbitrary<Move> = fc.record({
  kind: fc.oneof(
    { weight: 14, arbitrary: fc.constant('well' as const) },
    { weight: 5, arbitrary: fc.constant('badly' as const) },
    { weight: 1, arbitrary: fc.constant('again' as const) },
    { weight: 2, arbitrary: fc.constant('operator' as const) },
    { weight: 2, arbitrary: fc.constant('anything' as const) },
  ),
  pick: fc.nat(10_000),
  luck: fc.nat(10_000),
});

const PARAMETERS = {
  seed: SEED,
  ...(PATH === undefined ? {} : { path: PATH }),
  plugins: [fc.interruptAfterTimeLimit(TIME_LIMIT_MS)],
};

/** Statuses and refusals that the runs below came through. */
const seen = new Set<string>();

describe('the run and a model of it that shares no code', () => {
  it('G03 G07 answer every word alike and stand alike after it', () => {
    fc.assert(
      fc.property(rules, fc.array(move, { minLength: 60, maxLength: 300, size: 'max' }), (given, moves) => {
        const pair = new Pair(given, seen);
        for (const each of moves) pair.move(each);
      }),
      { ...PARAMETERS, numRuns: RUNS },
    );
  }, 600_000);

  it('G05 come to the same end when nothing goes wrong any more', () => {
    fc.assert(
      fc.property(rules, fc.array(move, { maxLength: 60, size: 'max' }), (given, moves) => {
        const pair = new Pair(given, seen);
        for (const each of moves) pair.move(each);
        for (let count = 0; pair.reference.control !== 'ended'; count += 1) {
          expect(count).toBeLessThan(MAX_MOVES_TO_END);
          if (['paused', 'blocked'].includes(pair.status)) pair.hear(helpful(pair.reference, 3));
          else pair.move({ kind: 'well', pick: 0, luck: 0 });
        }
      }),
      { ...PARAMETERS, numRuns: RUNS },
    );
  }, 600_000);

  it('G03 G19 agree on tasks that are edited all the time while the run goes on', () => {
    fc.assert(
      fc.property(rules, fc.array(fc.tuple(move, fc.nat(10_000), fc.nat(10_000))), (given, moves) => {
        const pair = new Pair(given, seen);
        while (!pair.hasPlan && pair.reference.control === 'active')
          pair.move({ kind: 'well', pick: 3, luck: 0 });
        for (const [each, pick, luck] of moves) {
          pair.hear(editOf(pair.reference, pick, luck));
          pair.move(each);
        }
      }),
      { ...PARAMETERS, numRuns: RUNS },
    );
  }, 600_000);

  it('G23 G24 agree on what people and agents say to one another all the time', () => {
    fc.assert(
      fc.property(rules, fc.array(fc.tuple(move, fc.nat(10_000), fc.nat(10_000))), (given, moves) => {
        const pair = new Pair(given, seen);
        for (const [each, pick, luck] of moves) {
          pair.hear(talkOf(pair.reference, pick, luck));
          pair.move(each);
          pair.hear(talkOf(pair.reference, luck, pick));
        }
      }),
      { ...PARAMETERS, numRuns: RUNS },
    );
  }, 600_000);

  it.each(STUBBORN)(
    'G05 give up alike when, again and again, %s',
    (how) => {
      fc.assert(
        fc.property(rules, (given) => {
          const turns = { attempt: null, phase: null, run: null };
          const gates = { plan: false, review: false };
          const pair = new Pair({ ...given, turns, gates, finalize: 'merge' }, seen);
          for (let count = 0; count < 600 && pair.status !== 'blocked'; count += 1)
            pair.hear(stubbornWord(pair.reference, how));
          for (let count = 0; count < 20; count += 1) pair.hear(stubbornWord(pair.reference, how));
        }),
        { ...PARAMETERS, numRuns: Math.ceil(RUNS / 6) },
      );
    },
    600_000,
  );

  it('came through every status and every refusal that the model has', () => {
    expect(EVERYTHING.filter((each) => !seen.has(each))).toEqual([]);
  });
});

const EVERYTHING = Object.entries({
  run: 'validating preparing planning executing reviewing finalizing blocked paused complete cancelled',
  task: 'pending ready in_progress completed blocked skipped cancelled',
  attempt: 'requested starting running parked succeeded failed lost cancelled',
  gate: 'open approved rejected withdrawn',
  blocked:
    'authentication setup_failed retries_spent lost_too_often settling_failed validation_stopped review_limit ' +
    'overload network budget_spent remediation_limit conflict_limit out_of_scope disk_full checkout_dirty branch_moved base_keeps_moving',
  refused:
    'not_planned task_begun nothing_changed self_dependency unknown_dependency dependency_cycle ' +
    'run_ended already_paused not_paused task_not_blocked task_over task_needed task_in_progress no_such_gate ' +
    'gate_answered choose_ending not_ready already_chosen stale_attempt stale_job stale_turn stale_timer not_begun ' +
    'not_started not_your_turn attempt_ended no_such_attempt no_such_message out_of_order nobody_there ' +
    'no_such_question question_answered question_closed',
}).flatMap(([what, words]) => words.split(' ').map((word) => `${what} ${word}`));
