import type { Role } from '../policy/role.ts';
import type { Report } from './report.ts';

/** What an agent's final message says. */
export type ParsedMessage =
  | { readonly kind: 'report'; readonly report: Report }
  /** The plan stands in this file, named as the planner named it; the caller reads it. */
  | { readonly kind: 'plan_path'; readonly path: string };

/** One line that means something. */
interface Form {
  readonly pattern: RegExp;
  /** `text` is what the line's free part says, `around` the message without the line, or the line if it is alone. */
  readonly read: (text: string, around: string) => ParsedMessage | null;
}

interface Grammar {
  /** `phase` is the source of a pattern. */
  readonly forms: (phase: string) => readonly Form[];
  readonly expected: (phase: string) => readonly string[];
}

/** Marks that may stand around a form or within it, as in `**review-1 complete** (pass)`. */
const M = '[*_`]{0,4}';
const ANY_PHASE = String.raw`\d+(?:\.\d+)*`;
/** Bold that began before the colon and ends after it. */
const BOLD_END = String.raw`(?:\*\*|__)?`;
const BULLET = /^\s*(?:(?:[-*+•]|\d{1,3}[.)])\s+)?/;

/**
 * Reads the one-line forms that an agent may end with. The last line that is one of the role's forms counts; a form for
 * another phase does not. Null when no line is one: then the agent is asked once more, with `expectedForm`. Setting up the
 * worktree is Tina's own task, so `setup-worktree complete` is no role's form.
 */
export function parseMessage(role: Role, phase: string | null, text: string): ParsedMessage | null {
  const forms = GRAMMAR[role].forms(phase === null ? ANY_PHASE : phase.replaceAll('.', String.raw`\.`));
  const lines = text.split(/\r?\n/);
  for (const [index, raw] of [...lines.entries()].toReversed()) {
    const line = withoutMarks(raw.replace(BULLET, '').trim());
    for (const { pattern, read } of forms) {
      const match = pattern.exec(line);
      if (!match) continue;
      const said = match.groups?.text ?? '';
      const around = lines.toSpliced(index, 1).join('\n').trim();
      const message = read(withoutMarks(said.trim()), around === '' ? line : around);
      if (message) return message;
    }
  }
  return null;
}

/** The forms with which an agent in this role may end, one a line, for the request that asks for nothing else. */
export function expectedForm(role: Role, phase: string | null): string {
  return GRAMMAR[role].expected(phase ?? 'N').join('\n');
}

function form(source: string, read: Form['read']): Form {
  return { pattern: new RegExp(`^${M}${source}$`, 'i'), read };
}

function validationForm(): Form {
  return form(`VALIDATION_STATUS${M}:${M} *${M}(?<text>pass|warning|stop)${M}\\.?`, (text, around) =>
    report({ kind: 'validation', status: text.toLowerCase() as 'pass' | 'warning' | 'stop', text: around }),
  );
}

function planForm(phase: string): Form {
  return form(`plan-phase-${phase} complete${M}\\.?${M} *${M}PLAN_PATH${M}:${BOLD_END}(?<text>.*)`, (path) =>
    path === '' ? null : { kind: 'plan_path', path },
  );
}

function workForm(task: string): Form {
  return form(`${task} complete${M}(?:[.:]${BOLD_END}(?<text>.*))?`, (text, around) =>
    report({ kind: 'work', summary: text === '' ? around : text }),
  );
}

function passForm(phase: string): Form {
  return form(`review-${phase} complete${M} *${M}\\(pass\\)${M}\\.?`, (_text, around) =>
    report({ kind: 'review', verdict: 'pass', summary: around, findings: [], verdicts: [] }),
  );
}

/** Gaps are separated by semicolons where there is one, else by commas. The form does not tell how grave they are. */
function gapsForm(phase: string): Form {
  return form(`review-${phase} complete${M} *${M}\\(gaps\\)${M}:${BOLD_END}(?<text>.*)`, (text, around) => {
    const gaps = text.split(text.includes(';') ? ';' : ',').map((gap) => withoutMarks(gap.trim()));
    const findings = gaps
      .filter((gap) => gap !== '')
      .map((message) => ({ severity: 'major' as const, message, file: null, line: null }));
    if (findings.length === 0) return null;
    return report({ kind: 'review', verdict: 'gaps', summary: around, findings, verdicts: [] });
  });
}

function errorForm(source: string): Form {
  return form(`${source} error${M}:${BOLD_END}(?<text>.*)`, (reason) =>
    reason === '' ? null : report({ kind: 'error', reason }),
  );
}

function report(content: Report): ParsedMessage {
  return { kind: 'report', report: content };
}

/** Without the pairs of marks around the text; `**a** b **c**` is no pair around it. */
function withoutMarks(text: string): string {
  for (const mark of ['**', '__', '`', '*', '_']) {
    const inner = text.slice(mark.length, -mark.length);
    if (text === `${mark}${inner}${mark}` && inner !== '' && !inner.includes(mark))
      return withoutMarks(inner.trim());
  }
  return text;
}

const VALIDATOR: Grammar = {
  forms: () => [validationForm(), errorForm('validate-design')],
  expected: () => [
    'VALIDATION_STATUS: Pass',
    'VALIDATION_STATUS: Warning',
    'VALIDATION_STATUS: Stop',
    'validate-design error: <reason>',
  ],
};

const PLANNER: Grammar = {
  forms: (phase) => [planForm(phase), errorForm(`plan-phase-${phase}`)],
  expected: (phase) => [
    `plan-phase-${phase} complete. PLAN_PATH: <path>`,
    `plan-phase-${phase} error: <reason>`,
  ],
};

const WORKER: Grammar = {
  forms: (phase) => {
    const task = String.raw`(?:(?:phase-${phase}-)?task-\d+|execute-${phase})`;
    return [workForm(task), errorForm(task)];
  },
  expected: () => ['task-N complete: <summary>', 'task-N error: <reason>'],
};

const REVIEWER: Grammar = {
  forms: (phase) => [passForm(phase), gapsForm(phase), errorForm(`review-${phase}`)],
  expected: (phase) => [
    `review-${phase} complete (pass)`,
    `review-${phase} complete (gaps): <gap>; <gap>`,
    `review-${phase} error: <reason>`,
  ],
};

const GRAMMAR: Readonly<Record<Role, Grammar>> = {
  validator: VALIDATOR,
  planner: PLANNER,
  implementer: WORKER,
  resolver: WORKER,
  'spec-reviewer': REVIEWER,
  'quality-reviewer': REVIEWER,
  reviewer: REVIEWER,
};
