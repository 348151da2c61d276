import type { VerifyView } from '@tina/contract';
import { type Finding, toView } from './finding.ts';
import { look, type VerifyDependencies } from './look.ts';

/** What is found of one run, or of all and of the home: each with how to mend it. Changes nothing. */
export async function verify(dependencies: VerifyDependencies, runId: string | null): Promise<VerifyView[]> {
  const { runs, home } = await look(dependencies, runId);
  return [
    ...runs.map(({ runId: id, events, findings }) => view(id, events, findings)),
    ...(home.length === 0 ? [] : [view(null, 0, home)]),
  ];
}

function view(runId: string | null, events: number, findings: readonly Finding[]): VerifyView {
  const problems = findings.map(({ message }) => message);
  return { runId, events, clean: problems.length === 0, problems, findings: findings.map(toView) };
}
