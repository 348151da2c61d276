import type { Machine, MergedConfig, ParsedInput, RepositoryFacts } from '@tina/contract';
import { configError, mergeConfig, TinaError } from '@tina/contract';
import { featureName, isFeatureName, type ParsedDesign, parseDesign, runBranch } from '@tina/domain';
import type { Store } from '@tina/store';
import { basename, resolve } from 'node:path';

type Input = ParsedInput<'run.create'>;
type ReadDesign = Extract<ParsedDesign, { ok: true }>;

/** @throws TinaError `design_invalid` with every mistake of the design */
export function readDesign(input: Input): ReadDesign {
  const parsed = parseDesign(input.designText);
  if (parsed.ok) return parsed;
  const file = input.designPath;
  const first = parsed.findings.find((finding) => finding.severity === 'error') ?? parsed.findings[0];
  throw new TinaError({
    code: 'design_invalid',
    message: first?.message ?? 'The design cannot be read.',
    place: { file, line: first?.line ?? null },
    details: parsed.findings
      .filter((finding) => finding !== first)
      .map((finding) => `${file}${finding.line === null ? '' : `:${finding.line}`}: ${finding.message}`),
    next: ['mend the design, then the same command again'],
  });
}

/** The configuration that holds, and where in its files a setting stands. */
export type PlacedConfig = Pick<Extract<MergedConfig, { ok: true }>, 'config' | 'placeOf'>;

/** @throws TinaError with every mistake of the configuration: the one itself, or `config_invalid` with several */
export async function readConfig(machine: Machine, repository: string): Promise<PlacedConfig> {
  const { user, project } = await machine.readConfig(repository);
  const merged = mergeConfig(user, project);
  if (merged.ok) return merged;
  throw configError(merged.errors);
}

/** @throws TinaError `bad_feature_name`, `no_feature_name` */
export function chooseFeature(input: Input): string {
  const given = input.feature;
  if (given !== undefined) {
    if (isFeatureName(given)) return given;
    throw new TinaError({
      code: 'bad_feature_name',
      message: `"${given}" cannot be a feature's name: it names a branch.`,
      next: ['--feature in lower-case letters, digits and dashes, such as user-login'],
    });
  }
  const name = featureName(basename(input.designPath));
  if (name !== null) return name;
  throw new TinaError({
    code: 'no_feature_name',
    message: `No feature's name can be made from ${basename(input.designPath)}.`,
    next: ['tina orchestrate <design.md> --feature <name>'],
  });
}

/**
 * What is not committed would be missing from the run without a word. The design itself is stored by the run.
 *
 * @throws TinaError `dirty_base`
 */
export function refuseDirtyBase(repository: RepositoryFacts, input: Input, designPath: string): void {
  const { root } = repository;
  // A worktree may lie within the root: its files have whole paths, the design in it has not.
  const dirty = repository.dirtyFiles.filter((file) => resolve(root, file) !== resolve(root, designPath));
  if (input.base !== undefined || dirty.length === 0) return;
  throw new TinaError({
    code: 'dirty_base',
    message: `${repository.root} has uncommitted changes, which would not be part of the run.`,
    details: dirty.slice(0, 20),
    next: [
      'git commit or git stash them',
      `or say that the last commit is meant: tina orchestrate ... --base ${repository.baseBranch}`,
    ],
  });
}

/** @throws TinaError `branch_busy` when a run that has not ended works on the branch, `branch_exists` when it is there */
export async function refuseTakenBranch(
  { machine, store }: { readonly machine: Machine; readonly store: Store },
  repository: RepositoryFacts,
  feature: string,
): Promise<void> {
  const project = await store.findProject(repository.root);
  const sameFeature = project
    ? await store.listRuns({ projectId: project.id, feature, active: true, limit: 1 })
    : [];
  if (sameFeature[0]) throw branchBusy(sameFeature[0].id, feature);
  const branch = runBranch(feature);
  if (!(await machine.branchExists({ repository: repository.root, branch }))) return;
  throw new TinaError({
    code: 'branch_exists',
    message: `The branch ${branch} exists in ${repository.root} already.`,
    next: [
      'tina orchestrate ... --feature <other name>',
      `git branch -m ${branch} <other name>`,
      'tina cleanup',
    ],
  });
}

export function branchBusy(runId: string, feature: string): TinaError {
  return new TinaError({
    code: 'branch_busy',
    message: `Run ${runId} has the branch ${runBranch(feature)} already.`,
    next: [`tina status ${runId}`, 'tina orchestrate <design.md> --new --feature <other name>'],
  });
}
