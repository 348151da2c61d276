import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Design, Finding } from './design.ts';
import { parseDesign } from './parse-design.ts';

function designOf(...lines: string[]): Design {
  const parsed = parseDesign(lines.join('\n'));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
  return parsed.design;
}

function findingsOf(...lines: string[]): readonly Finding[] {
  const parsed = parseDesign(lines.join('\n'));
  return parsed.ok ? parsed.warnings : parsed.findings;
}

function errorsOf(...lines: string[]): string[] {
  return findingsOf(...lines)
    .filter((finding) => finding.severity === 'error')
    .map(({ code, line }) => `${code}:${line}`);
}

function warningsOf(...lines: string[]): string[] {
  return findingsOf(...lines)
    .filter((finding) => finding.severity === 'warning')
    .map(({ code, line }) => `${code}:${line}`);
}

const COMPLETE = [
  '# Shelf',
  '',
  '## Success Metrics',
  '**Goal:** books are found',
  '',
  '**Baseline command:**',
  '```bash',
  'npm test',
  '```',
  '',
  '**Progress command:** (after each phase) `npm run count`',
  '',
  '**ROI threshold:** ≥ 0.7',
  '',
  '## Phase 1: Storage',
  'Tables.',
  '### Tasks',
  '- one',
  '### Phase 2 - Search',
  'An index.',
  '## Risks',
  'None.',
  '## Architectural Context',
  '',
  'Layers.',
];

describe('a design', () => {
  it('is read with its title, phases, success metrics and architectural context', () => {
    expect(designOf(...COMPLETE)).toEqual({
      title: 'Shelf',
      phases: [
        { number: '1', title: 'Storage', line: 15, body: 'Tables.\n### Tasks\n- one' },
        { number: '2', title: 'Search', line: 19, body: 'An index.' },
      ],
      successMetrics: {
        goal: 'books are found',
        baselineCommand: 'npm test',
        progressCommand: 'npm run count',
        roiThreshold: '≥ 0.7',
      },
      architecturalContext: 'Layers.',
    });
    expect(findingsOf(...COMPLETE)).toEqual([]);
  });

  it('may be phases alone', () => {
    expect(designOf('## Phase 1', 'x')).toEqual({
      title: null,
      phases: [{ number: '1', title: null, line: 1, body: 'x' }],
      successMetrics: null,
      architecturalContext: null,
    });
  });

  it('has no phases in code, comments, quotes, or headings that only begin with the word', () => {
    const design = designOf(
      '## Phase estimates',
      '```',
      '## Phase 7',
      '```',
      '<!--',
      '## Phase 8',
      '-->',
      '> ## Phase 9',
      '',
      '## Phase 1',
      'x',
    );
    expect(design.phases.map((phase) => phase.number)).toEqual(['1']);
  });

  it('ends a phase at a heading that stands no deeper', () => {
    const [phase] = designOf('### Phase 1', 'a', '#### Deeper', 'b', '## Risks', 'c').phases;
    expect(phase?.body).toBe('a\n#### Deeper\nb');
  });

  it('is the same with other line endings', () => {
    expect(parseDesign(COMPLETE.join('\r\n'))).toEqual(parseDesign(COMPLETE.join('\n')));
  });
});

describe('a design that cannot be run (G31)', () => {
  it.each(['', ' \n\t\n', '\uFEFF'])('is empty', (markdown) => {
    expect(parseDesign(markdown)).toEqual({
      ok: false,
      findings: [expect.objectContaining({ code: 'empty', severity: 'error', line: null })],
    });
  });

  it('has no phase', () => {
    expect(errorsOf('# Title', 'text')).toEqual(['no_phases:null']);
  });

  it('has its phases at level 1, and is told so', () => {
    const [finding] = findingsOf('# Phase 1: Storage', 'text');
    expect(finding?.message).toContain('Line 1 is a heading of level 1: write "## Phase 1: Storage"');
  });

  it('lacks a phase in between or at the start', () => {
    expect(errorsOf('## Phase 1', 'x', '## Phase 3', 'x')).toEqual(['phase_gap:3']);
    expect(errorsOf('## Phase 2', 'x')).toEqual(['phase_gap:1']);
    const messages = findingsOf('## Phase 2', 'x', '## Phase 1000000000', 'x').map(
      (finding) => finding.message,
    );
    expect(messages).toContainEqual(expect.stringContaining('Phase 1 is missing before Phase 2'));
    expect(messages).toContainEqual(expect.stringContaining('Phases 3 to 999999999 are missing'));
  });

  it('has a phase twice', () => {
    expect(errorsOf('## Phase 1', 'x', '## Phase 1: Again', 'x', '## Phase 2', 'x')).toEqual([
      'phase_double:3',
    ]);
  });

  it('has its phases in another order', () => {
    expect(errorsOf('## Phase 2', 'x', '## Phase 1', 'x', '## Phase 3', 'x')).toEqual(['phase_order:3']);
  });

  it('has a phase without a whole number', () => {
    expect(errorsOf('## Phase One', 'x')).toEqual(['phase_not_a_number:1']);
    expect(errorsOf('## Phase 1', 'x', '## Phase 1.5', 'x')).toEqual(['phase_not_a_number:3']);
  });

  it('has a phase heading that Markdown takes for text', () => {
    const lines = ['## Phase 1', 'x', '##Phase 2', 'x', '```', '##Phase 3', '```'];
    expect(errorsOf(...lines)).toEqual(['phase_heading_space:3']);
    expect(errorsOf('##Phase 1')).toEqual(['phase_heading_space:1']);
  });

  it('hears of everything at once, in the order of the lines', () => {
    const lines = ['## Phase 2', '## Phase One', '## Phase 2', '## Phase 1', 'x', '## Phase 5', 'x'];
    expect(errorsOf(...lines)).toEqual([
      'phase_not_a_number:2',
      'phase_double:3',
      'phase_order:4',
      'phase_gap:6',
    ]);
    expect(warningsOf(...lines)).toEqual(['no_success_metrics:null', 'empty_phase:1', 'empty_phase:3']);
  });
});

describe('a design that could be better', () => {
  it('has an empty phase', () => {
    expect(
      warningsOf(
        '## Success Metrics',
        '**Goal:** x',
        '## Phase 1',
        '<!-- later',
        '-->',
        '## Phase 2',
        '<!-- open',
      ),
    ).toEqual(['empty_phase:3', 'empty_phase:6']);
  });

  it('has no success metrics', () => {
    expect(warningsOf('## Phase 1', 'x')).toEqual(['no_success_metrics:null']);
  });

  it('has success metrics in another form', () => {
    const lines = ['## Success Metrics', '- it works', '## Phase 1', 'x'];
    expect(warningsOf(...lines)).toEqual(['no_metric:1']);
    expect(designOf(...lines).successMetrics).toEqual({
      goal: null,
      baselineCommand: null,
      progressCommand: null,
      roiThreshold: null,
    });
  });

  it('has a command that is not marked as code, or empty', () => {
    const lines = [
      '## Success Metrics',
      '**Goal:**',
      '',
      '**Baseline command:** npm test',
      '',
      '**Progress command:**',
      '```',
      '```',
      '## Phase 1',
      'x',
    ];
    expect(warningsOf(...lines)).toEqual(['command_not_code:4', 'command_not_code:6']);
    expect(designOf(...lines).successMetrics).toMatchObject({
      goal: null,
      baselineCommand: null,
      progressCommand: null,
    });
  });

  it('has a metric twice', () => {
    const lines = ['## Success Metrics', '**Goal:** a', '**Goal:** b', '## Phase 1', 'x'];
    expect(warningsOf(...lines)).toEqual(['metric_double:3']);
    expect(designOf(...lines).successMetrics?.goal).toBe('a');
  });
});

describe('the sections beside the phases', () => {
  it('are found by their titles, numbered or with a colon', () => {
    const design = designOf(
      '## 2. success metrics:',
      'Goal: a',
      '## 3) Architectural Context',
      'b',
      '## Phase 1',
      'x',
    );
    expect(design.successMetrics?.goal).toBe('a');
    expect(design.architecturalContext).toBe('b');
  });

  it('are not those inside a phase', () => {
    const design = designOf(
      '## Phase 1',
      'x',
      '### Architectural Context',
      'of the phase',
      '## Architectural Context',
      'of the design',
    );
    expect(design.architecturalContext).toBe('of the design');
  });

  it('end at the first phase, however deep that is', () => {
    expect(designOf('## Architectural Context', 'a', '### Phase 1', 'x').architecturalContext).toBe('a');
  });

  it('say nothing when they are empty', () => {
    expect(designOf('## Architectural Context', '', '## Phase 1', 'x').architecturalContext).toBeNull();
  });
});

describe('any design', () => {
  const prose = fc.constantFrom(
    'Text.',
    '```\n## Phase 9\n```',
    '#### Detail\n\nMore.',
    '- item\n- item',
    '<!-- ## Phase 7 -->',
    '> ## Phase 8',
    '| a | b |',
  );
  const phase = fc.record({
    depth: fc.integer({ min: 2, max: 3 }),
    title: fc.option(fc.stringMatching(/^[A-Z][a-z]{1,8}( [a-z]{1,8})?$/)),
    prose: fc.array(prose, { minLength: 1, maxLength: 3 }),
  });

  it('gives back the phases it was written with', () => {
    fc.assert(
      fc.property(fc.array(phase, { minLength: 1, maxLength: 12 }), (phases) => {
        const markdown = phases
          .map(
            ({ depth, title, prose }, index) =>
              `${'#'.repeat(depth)} Phase ${index + 1}${title === null ? '' : `: ${title}`}\n\n${prose.join('\n\n')}\n\n`,
          )
          .join('');
        const design = designOf(markdown);
        expect(design.phases.map(({ number, title, body }) => ({ number, title, body }))).toEqual(
          phases.map(({ title, prose }, index) => ({
            number: String(index + 1),
            title,
            body: prose.join('\n\n'),
          })),
        );
        for (const { line, number } of design.phases)
          expect(markdown.split('\n')[line - 1]).toContain(`Phase ${number}`);
      }),
      { numRuns: 100 },
    );
  });

  it('is refused exactly when its phases are not numbered 1 to N', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 }), (numbers) => {
        const isInOrder = numbers.every((number, index) => number === index + 1);
        expect(parseDesign(numbers.map((number) => `## Phase ${number}\nx\n`).join('')).ok).toBe(isInOrder);
      }),
      { numRuns: 200 },
    );
  });

  it('is either read or refused with an error that has a place in it', () => {
    const part = fc.constantFrom(
      '## Phase ',
      '1',
      '2',
      '.5',
      '\n',
      '```',
      '**Goal:** ',
      '## Success Metrics',
      '- ',
      'x',
      '<!--',
      ': ',
      '`',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        const markdown = parts.join('');
        const parsed = parseDesign(markdown);
        const findings = parsed.ok ? parsed.warnings : parsed.findings;
        expect(findings.some((finding) => finding.severity === 'error')).toBe(!parsed.ok);
        for (const { line } of findings) expect(line ?? 1).toBeLessThanOrEqual(markdown.split('\n').length);
      }),
      { numRuns: 300 },
    );
  });
});
