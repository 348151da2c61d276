import type { FindingVerdict, Report } from '@tina/domain';
import type { FindingForm, ReportForm, ReviewForm } from '../script/report-reader.ts';
import type { StepOf } from '../script/steps.ts';
import { deliverReport } from './deliver-report.ts';
import { goodReport } from './good-report.ts';
import { planMarkdown } from './plan-markdown.ts';
import type { Stage, StepOutcome } from './stage.ts';
import { expand } from './variables.ts';

export async function reportStep({ form }: StepOf<'report'>, stage: Stage): Promise<StepOutcome> {
  return await deliverReport(await expandReport(form, stage), form.via, stage);
}

export async function planStep(step: StepOf<'plan'>, stage: Stage): Promise<StepOutcome> {
  const markdown = await expand(step.markdown ?? planMarkdown(step, stage.context), stage);
  return await deliverReport({ kind: 'plan', markdown }, step.via, stage);
}

/** The claim is all there is to it: what does not hold is for Tina to find out (G16). */
export async function lieStep(step: StepOf<'lie'>, stage: Stage): Promise<StepOutcome> {
  const summary = await expand(step.summary ?? 'Done. All checks pass.', stage);
  return await deliverReport(goodReport(stage.context, summary), null, stage);
}

/** What fits no role's report, in each of the ways that a report can come. */
export function wrongFormStep({ via }: StepOf<'wrong-form'>): StepOutcome {
  if (via === 'message')
    return { kind: 'final', final: { message: 'I think that I am done, more or less.' } };
  return { kind: 'final', final: { report: { kind: 'work', sumary: 'no report has this key' } } };
}

async function expandReport(form: ReportForm, stage: Stage): Promise<Report> {
  switch (form.kind) {
    case 'validation':
      return { kind: 'validation', status: form.status, text: await expand(form.text ?? '', stage) };
    case 'work':
      return { kind: 'work', summary: await expand(form.summary, stage) };
    case 'review':
      return await expandReview(form, stage);
    case 'error':
      return { kind: 'error', reason: await expand(form.reason, stage) };
    case 'word':
      return form.word === 'warning' || form.word === 'stop'
        ? { kind: 'validation', status: form.word, text: `The script says ${form.word}.` }
        : goodReport(stage.context);
    default:
      return form satisfies never;
  }
}

async function expandReview(form: ReviewForm, stage: Stage): Promise<Report> {
  const findings = await Promise.all((form.findings ?? []).map((finding) => expandFinding(finding, stage)));
  return {
    kind: 'review',
    verdict: form.verdict,
    summary: await expand(form.summary ?? '', stage),
    findings,
    verdicts: verdictsOf(form, stage),
  };
}

async function expandFinding(
  finding: FindingForm,
  stage: Stage,
): Promise<Extract<Report, { kind: 'review' }>['findings'][number]> {
  const { severity, message, file, line } = finding;
  return { severity: severity ?? 'major', message: await expand(message, stage), file, line };
}

/** A script cannot know the ids of findings, so one word speaks for all of them. A pass closes what was open. */
function verdictsOf({ verdict, verdicts }: ReviewForm, { context }: Stage): readonly FindingVerdict[] {
  const given = verdicts ?? (verdict === 'pass' ? 'closed' : 'open');
  if (typeof given !== 'string') return given;
  return context.openFindings.map((findingId) => ({ findingId, verdict: given }));
}
