import type { Machine, ParsedInput, ProcedureOutput, RepositoryFacts } from '@tina/contract';
import { TinaError } from '@tina/contract';
import { type CreateRun, runBranch } from '@tina/domain';
import type { ControlAction, SavedDesign, Store } from '@tina/store';
import { relative } from 'node:path';
import type { RunExecutor } from '../executor/run-executor.ts';
import { sha256 } from '../node/secrets.ts';
import type { ControlActions } from './control-actions.ts';
import { policyOf, settingsOf } from './run-policy.ts';
import {
  chooseAgent,
  chooseFeature,
  readConfig,
  readDesign,
  refuseDirtyBase,
  refuseTakenBranch,
} from './run-preconditions.ts';

type Input = ParsedInput<'run.create'>;
type Output = ProcedureOutput<'run.create'>;

export interface CreateRunDependencies {
  readonly store: Store;
  readonly executor: RunExecutor;
  readonly machine: Machine;
  readonly actions: ControlActions;
  readonly nodeId: string;
  readonly newId: () => string;
}

/**
 * Starts a run of a design, or finds the one it has. Everything that can be wrong is found before anything is written.
 *
 * @throws TinaError `design_invalid`, `no_feature_name`, `dirty_base`, `branch_exists`, `no_agent`, `unknown_agent`,
 *   `agent_not_ready`, `config_invalid`, and those of the machine
 */
export async function createRunOfDesign(
  dependencies: CreateRunDependencies,
  input: Input,
  requestedBy: string,
): Promise<Output> {
  const { machine, store, actions } = dependencies;
  const before = await store.findAction(input.idempotencyKey);
  if (before) return actions.answerOf(before) as Output;
  const parsed = readDesign(input);
  const repository = await machine.inspectRepository({
    directory: input.directory,
    base: input.base ?? null,
  });
  const designPath = pathWithin(repository.root, input.designPath);
  const hash = sha256(input.designText);

  const existing = input.fresh ? null : await findRunOfDesign(dependencies, repository, designPath);
  if (existing) return goOn(dependencies, existing, hash, { input, requestedBy });

  const config = await readConfig(machine, repository.root);
  const agent = await chooseAgent(machine, config, input, repository.root);
  const feature = chooseFeature(input);
  refuseDirtyBase(repository, input, designPath);
  await refuseTakenBranch(machine, repository, feature);

  const design = await saveDesign(dependencies, repository, { designPath, hash, text: input.designText });
  const settings = JSON.stringify(settingsOf(config));
  const command: CreateRun = {
    kind: 'create-run',
    runId: `r${dependencies.newId()}`,
    projectId: design.projectId,
    repository: repository.root,
    nodeId: dependencies.nodeId,
    designId: design.designId,
    designRevisionId: design.revisionId,
    feature,
    baseBranch: repository.baseBranch,
    baseCommit: repository.baseCommit,
    baselineCommand: parsed.design.successMetrics?.baselineCommand ?? null,
    phases: parsed.design.phases.map(({ number, title }) => ({ number, title })),
    policy: policyOf(config, agent, input),
    settingsDocument: sha256(settings),
  };
  const answer: Output = {
    runId: command.runId,
    outcome: 'started',
    designChanged: false,
    warnings: parsed.warnings.map((warning) => warning.message),
  };
  const created = await dependencies.executor.create(command, {
    onlyRunOfDesign: !input.fresh,
    documents: [{ hash: command.settingsDocument, text: settings }],
    action: () =>
      startAction(dependencies, { input, requestedBy, runId: command.runId, answer, at: Date.now() }),
  });
  if (created.kind === 'done') return answer;
  if (created.kind !== 'refused') throw new Error(`a new run cannot be ${created.kind}`);
  return answerRefusal(dependencies, created.result, { hash, input, requestedBy, feature, store });
}

function startAction(
  dependencies: CreateRunDependencies,
  facts: { input: Input; requestedBy: string; runId: string; answer: Output; at: number },
): ControlAction {
  const { designText: _, ...payload } = facts.input;
  return dependencies.actions.record({
    idempotencyKey: facts.input.idempotencyKey,
    runId: facts.runId,
    kind: 'run.create',
    requestedBy: facts.requestedBy,
    payload,
    outcome: { ok: true, answer: facts.answer },
    at: facts.at,
  });
}

async function answerRefusal(
  dependencies: CreateRunDependencies,
  result: { readonly kind: string; readonly runId?: string; readonly action?: ControlAction },
  context: { hash: string; input: Input; requestedBy: string; feature: string; store: Store },
): Promise<Output> {
  // Two started the same design at once: the second follows the first.
  if (result.kind === 'design-busy' && result.runId) {
    return goOn(dependencies, result.runId, context.hash, context);
  }
  if (result.kind === 'duplicate-action' && result.action) {
    return dependencies.actions.answerOf(result.action) as Output;
  }
  throw new TinaError({
    code: 'branch_busy',
    message: `Run ${result.runId ?? ''} has the branch ${runBranch(context.feature)} already.`,
    next: [`tina status ${result.runId ?? ''}`, 'tina orchestrate <design.md> --new --feature <other name>'],
  });
}

function pathWithin(root: string, path: string): string {
  const inside = relative(root, path);
  return inside.startsWith('..') || inside === '' ? path : inside;
}

async function findRunOfDesign(
  { store }: CreateRunDependencies,
  repository: RepositoryFacts,
  designPath: string,
): Promise<string | null> {
  const project = await store.findProject(repository.root);
  if (!project) return null;
  const design = await store.findDesign(project.id, designPath);
  if (design === null) return null;
  const runs = await store.listRuns({ designId: design, active: true, limit: 1 });
  return runs[0]?.id ?? null;
}

/** The design has a run: it goes on, also if it was paused. */
async function goOn(
  dependencies: CreateRunDependencies,
  runId: string,
  hash: string,
  request: { readonly input: Input; readonly requestedBy: string },
): Promise<Output> {
  const { executor, store, actions } = dependencies;
  const state = await executor.load(runId);
  const revision = state && (await store.readDesignRevision(state.designRevisionId));
  const designChanged = revision !== null && revision.hash !== hash;
  const answer = { runId, designChanged, warnings: [] };
  if (state?.control !== 'paused') return { ...answer, outcome: 'found' };
  await actions.perform({
    runId,
    kind: 'run.create',
    idempotencyKey: request.input.idempotencyKey,
    requestedBy: request.requestedBy,
    payload: { resumes: runId },
    command: { kind: 'resume' },
  });
  return { ...answer, outcome: 'resumed' };
}

async function saveDesign(
  { store, newId }: CreateRunDependencies,
  repository: RepositoryFacts,
  design: { readonly designPath: string; readonly hash: string; readonly text: string },
): Promise<SavedDesign & { readonly projectId: string }> {
  const createdAt = await store.now();
  const project = await store.saveProject({ id: `p${newId()}`, repository: repository.root, createdAt });
  const saved = await store.saveDesign({
    id: `d${newId()}`,
    projectId: project.id,
    path: design.designPath,
    revisionId: `v${newId()}`,
    hash: design.hash,
    text: design.text,
    createdAt,
  });
  return { ...saved, projectId: project.id };
}
