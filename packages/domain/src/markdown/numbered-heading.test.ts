import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberedHeading } from './numbered-heading.ts';

describe('a numbered heading', () => {
  it.each([
    ['Phase 1', 1, null],
    ['Phase 1:', 1, null],
    ['Phase 1.', 1, null],
    ['phase 12: Storage', 12, 'Storage'],
    ['PHASE 2 - Storage', 2, 'Storage'],
    ['Phase 2 – Storage', 2, 'Storage'],
    ['Phase 2 — Storage', 2, 'Storage'],
    ['Phase 2. Storage', 2, 'Storage'],
    ['Phase 2) Storage', 2, 'Storage'],
    ['Phase 2:Storage', 2, 'Storage'],
    ['Phase 2-Storage', 2, 'Storage'],
    ['Phase 2 Storage', 2, 'Storage'],
    ['Phase 2 (Storage)', 2, '(Storage)'],
    ['Phase 2: 3 tables', 2, '3 tables'],
    ['Phase 2 - 3 tables', 2, '3 tables'],
  ])('is "%s"', (text, number, title) => {
    expect(numberedHeading(text, 'phase')).toEqual({ kind: 'numbered', number, title });
  });

  it.each([
    'Phase One',
    'Phase two: Storage',
    'Phase 1.5',
    'Phase 1.5: Storage',
    'Phase 1a',
    'Phase 1/2',
    'Phase 1-2: Storage',
    'Phase 1, 2',
    'Phase 0: Setup',
    'Phase 01',
    'Phase #1',
    'Phase1: Storage',
    'Phase-1',
    'Phase -1',
    'Phase: Storage',
    'Phase - Storage',
    'Phase — Storage',
    'Phase A',
    'Phase I: Storage',
    'Phase IV - Storage',
    'Phase N: Title',
  ])('is meant and malformed in "%s"', (text) => {
    expect(numberedHeading(text, 'phase')).toEqual({ kind: 'malformed' });
  });

  it.each([
    'Phase',
    'Phases',
    'Phases 1 and 2',
    'Phase estimates',
    'Phase-out of the old API',
    'Overview',
    'The Phase 1',
    'Phase A rollout',
    '',
  ])('is not meant in "%s"', (text) => {
    expect(numberedHeading(text, 'phase')).toBeNull();
  });

  it('has the number and title it was written with', () => {
    const title = fc.stringMatching(/^[A-Za-z]{1,8}( [a-z0-9]{1,6}){0,2}$/);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99_999 }),
        title,
        fc.constantFrom(': ', ' - ', ' — ', '. ', ') '),
        (number, title, separator) => {
          expect(numberedHeading(`Task ${number}${separator}${title}`, 'task')).toEqual({
            kind: 'numbered',
            number,
            title,
          });
        },
      ),
      { numRuns: 200 },
    );
  });
});
