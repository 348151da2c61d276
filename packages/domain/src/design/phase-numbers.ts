import type { DesignPhase, Finding } from './design.ts';
import { errorFinding } from './finding.ts';

/** What keeps phases from being numbered 1 to N, in order, without gap or double. */
export function lintPhaseNumbers(phases: readonly DesignPhase[]): Finding[] {
  const findings: Finding[] = [];
  const firstByNumber = new Map<number, DesignPhase>();
  let highest = 0;
  for (const phase of phases) {
    const number = Number(phase.number);
    const first = firstByNumber.get(number);
    if (first) {
      findings.push(doubled(phase, first));
      continue;
    }
    firstByNumber.set(number, phase);
    if (number < highest) findings.push(outOfOrder(phase, highest));
    highest = Math.max(highest, number);
  }
  return [...findings, ...gaps(firstByNumber)];
}

function gaps(firstByNumber: ReadonlyMap<number, DesignPhase>): Finding[] {
  const findings: Finding[] = [];
  let expected = 1;
  for (const [number, phase] of [...firstByNumber].toSorted(([left], [right]) => left - right)) {
    if (number > expected) {
      const missing =
        number === expected + 1 ? `Phase ${expected} is` : `Phases ${expected} to ${number - 1} are`;
      const message = `${missing} missing before Phase ${number}. Add what is missing, or renumber the phases from 1.`;
      findings.push(errorFinding('phase_gap', phase.line, message));
    }
    expected = number + 1;
  }
  return findings;
}

function doubled(phase: DesignPhase, first: DesignPhase): Finding {
  return errorFinding(
    'phase_double',
    phase.line,
    `There is a Phase ${phase.number} already, on line ${first.line}. Give this one the next number, or reword the ` +
      `heading so that it does not begin with "Phase ${phase.number}" if it is no phase.`,
  );
}

function outOfOrder(phase: DesignPhase, highest: number): Finding {
  return errorFinding(
    'phase_order',
    phase.line,
    `Phase ${phase.number} stands below Phase ${highest}. Phases are done from top to bottom: move or renumber it.`,
  );
}
