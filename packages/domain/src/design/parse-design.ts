import { numberedHeading } from '../markdown/numbered-heading.ts';
import { readOutline, sectionBelow, textOf, type Heading, type Outline } from '../markdown/outline.ts';
import type { Design, DesignPhase, Finding } from './design.ts';
import { errorFinding, sortFindings, warningFinding } from './finding.ts';
import { lintPhaseNumbers } from './phase-numbers.ts';
import { readSuccessMetrics } from './success-metrics.ts';

/** A design that can be run, or everything that is wrong with it. Both lists are in the order of the lines. */
export type ParsedDesign =
  | { readonly ok: true; readonly design: Design; readonly warnings: readonly Finding[] }
  /** With at least one error; warnings stand among them. */
  | { readonly ok: false; readonly findings: readonly Finding[] };

/**
 * Reads a design document. A phase is a heading of level 2 or deeper, `Phase N` with an optional title; its text ends at
 * the next phase, or at a heading that is no phase and stands no deeper. Phases are numbered 1 to N from top to bottom.
 */
export function parseDesign(markdown: string): ParsedDesign {
  const outline = readOutline(markdown);
  if (outline.lines.every((line) => line.trim() === '')) {
    return {
      ok: false,
      findings: [
        errorFinding('empty', null, 'The design is empty. Write at least one "## Phase 1: Title" section.'),
      ],
    };
  }
  const phases = readPhases(outline);
  const metrics = metricsOf(outline);
  const context = sectionTitled(outline, 'architectural context');
  const findings = sortFindings([
    ...lintHeadings(outline, phases),
    ...lintPhaseNumbers(phases),
    ...lintEmptyPhases(phases),
    ...metrics.warnings,
  ]);
  if (findings.some((finding) => finding.severity === 'error')) return { ok: false, findings };
  const design = {
    title: outline.headings.find((heading) => heading.depth === 1)?.text ?? null,
    phases,
    successMetrics: metrics.metrics,
    architecturalContext: context && context.text !== '' ? context.text : null,
  };
  return { ok: true, design, warnings: findings };
}

function phaseHeading(heading: Heading): ReturnType<typeof numberedHeading> {
  return heading.depth < 2 ? null : numberedHeading(heading.text, 'phase');
}

function endsSection(heading: Heading): (next: Heading) => boolean {
  return (next) => next.depth <= heading.depth || phaseHeading(next) !== null;
}

function readPhases(outline: Outline): DesignPhase[] {
  return outline.headings.flatMap((heading) => {
    const phase = phaseHeading(heading);
    if (phase?.kind !== 'numbered') return [];
    const body = textOf(outline, sectionBelow(outline, heading, endsSection(heading)));
    return [{ number: String(phase.number), title: phase.title, line: heading.line, body }];
  });
}

/** The first section with this title that is no part of a phase. */
function sectionTitled(outline: Outline, title: string) {
  let phaseDepth = Infinity;
  for (const heading of outline.headings) {
    if (phaseHeading(heading)) phaseDepth = heading.depth;
    else if (heading.depth <= phaseDepth) {
      phaseDepth = Infinity;
      if (heading.text.toLowerCase().replace(/^\d+[.)] |:$/g, '') !== title) continue;
      const range = sectionBelow(outline, heading, endsSection(heading));
      return { line: heading.line, range, text: textOf(outline, range) };
    }
  }
  return null;
}

function metricsOf(outline: Outline): { metrics: Design['successMetrics']; warnings: Finding[] } {
  const section = sectionTitled(outline, 'success metrics');
  if (section) return readSuccessMetrics(outline, section.line, section.range);
  const message =
    'There is no section "## Success Metrics", so no baseline command is run and reviews have no measure.';
  return { metrics: null, warnings: [warningFinding('no_success_metrics', null, message)] };
}

function lintHeadings(outline: Outline, phases: readonly DesignPhase[]): Finding[] {
  const findings = outline.headings
    .filter((heading) => phaseHeading(heading)?.kind === 'malformed')
    .map((heading) =>
      errorFinding(
        'phase_not_a_number',
        heading.line,
        `"${heading.text}" has no whole number from 1. Write the number in digits, such as "## Phase 2: Title".`,
      ),
    );
  const withoutSpace = headingsWithoutSpace(outline);
  if (phases.length > 0 || findings.length > 0 || withoutSpace.length > 0)
    return [...findings, ...withoutSpace];
  const tooHigh = outline.headings.find((heading) => numberedHeading(heading.text, 'phase') !== null);
  const hint = tooHigh ? ` Line ${tooHigh.line} is a heading of level 1: write "## ${tooHigh.text}".` : '';
  return [
    errorFinding(
      'no_phases',
      null,
      `The design has no phase. Write each as a section "## Phase 1: Title".${hint}`,
    ),
  ];
}

/** `##Phase 2` is no heading in Markdown; unnoticed, the phase would be lost. */
function headingsWithoutSpace(outline: Outline): Finding[] {
  const isVerbatim = (line: number) =>
    outline.verbatim.some((block) => block.line <= line && line <= block.lastLine);
  return outline.lines.flatMap((text, index) => {
    const line = index + 1;
    if (!/^#{2,6}phase\s*\d/i.test(text) || isVerbatim(line)) return [];
    const message = `"${text.trim()}" is no heading without a space. Write "${text.trim().replace(/^#+/, '$& ')}".`;
    return [errorFinding('phase_heading_space', line, message)];
  });
}

function lintEmptyPhases(phases: readonly DesignPhase[]): Finding[] {
  return phases
    .filter((phase) => phase.body.replace(/<!--[\s\S]*?(?:-->|$)/g, '').trim() === '')
    .map((phase) =>
      warningFinding(
        'empty_phase',
        phase.line,
        `Phase ${phase.number} says nothing. Its planner has only the title to go by.`,
      ),
    );
}
