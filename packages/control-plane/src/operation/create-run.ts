import {
  type Machine,
  type ParsedInput,
  type ProcedureOutput,
  type RepositoryFacts,
  TinaError,
} from '@tina/contract';
import type { CreateRun } from '@tina/domain';
import type { SavedDesign, Store } from '@tina/store';
import { isAbsolute, relative, sep } from 'node:path';
import type { RunExecutor } from '../executor/run-executor.ts';
import { sha256 } from '../node/secrets.ts';
import type { ActionTicket, Carried, ControlActions } from './control-actions.ts';
import { chooseAgent, refuseOwnReview, refuseUnready } from './choose-agents.ts';
import { policyOf, settingsOf } from './run-policy.ts';
import { unknownCostWarnings } from './run-budget.ts';
import {
  branchBusy,
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

/** The design within its repository. */
interface Request {
  readonly input: Input;
  readonly repository: RepositoryFacts;
  readonly designPath: string;
  readonly designHash: string;
}

/** Between looking for a run and starting one, others may start or end theirs; so often in a row they do not. */
const MAX_TRIES = 10;

/**
 * Starts a run of a design, or finds the one it has. Everything that can be wrong is found before anything is written.
 *
 * @throws TinaError `design_invalid`, `no_feature_name`, `bad_feature_name`, `dirty_base`, `branch_exists`,
 *   `branch_busy`, `no_agent`, `unknown_agent`, `agent_not_ready`, `own_review`, those of the configuration and of the machine
 */
export async function createRunOfDesign(
  dependencies: CreateRunDependencies,
  input: Input,
  requestedBy: string,
): Promise<Output> {
  const { idempotencyKey, designText, ...rest } = input;
  const designHash = sha256(designText);
  const payload = { ...rest, designHash };
  return dependencies.actions.once(
    { kind: 'run.create', idempotencyKey, requestedBy, payload },
    async (ticket) => {
      const repository = await dependencies.machine.inspectRepository({
        directory: input.directory,
        base: input.base ?? null,
      });
      const designPath = pathWithin(repository.root, input.designPath);
      const request = { input, repository, designPath, designHash };
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const existing = await findRunOfDesign(dependencies, request);
        const carried =
          existing === null
            ? await startUnlessOther(dependencies, request, ticket)
            : await goOn(dependencies, existing, request, ticket);
        if (carried !== 'changed-meanwhile') return carried;
      }
      throw new Error(`runs of ${designPath} came and went ${MAX_TRIES} times in a row`);
    },
  );
}

type Tried = Carried<Output> | 'changed-meanwhile';

/** What stands in the way of a new run may be the run that another call has started meanwhile. */
async function startUnlessOther(
  dependencies: CreateRunDependencies,
  request: Request,
  ticket: ActionTicket,
): Promise<Tried> {
  try {
    return await start(dependencies, request, ticket);
  } catch (error) {
    const isRefused = error instanceof TinaError;
    if (isRefused && (await findRunOfDesign(dependencies, request)) !== null) return 'changed-meanwhile';
    throw error;
  }
}

async function start(
  dependencies: CreateRunDependencies,
  request: Request,
  ticket: ActionTicket,
): Promise<Tried> {
  const { machine, store, executor } = dependencies;
  const { input, repository } = request;
  const parsed = readDesign(input);
  const placed = await readConfig(machine, repository.root);
  const { config } = placed;
  const policy = policyOf(config, chooseAgent(config, input), input);
  const phases = parsed.design.phases.map(({ number, title }) => ({ number, title }));
  refuseOwnReview(
    placed,
    policy,
    phases.map(({ number }) => number),
  );
  await refuseUnready(machine, config, policy, { input, repository: repository.root });
  const feature = chooseFeature(input);
  refuseDirtyBase(repository, input, request.designPath);
  await refuseTakenBranch({ machine, store }, repository, feature);

  const design = await saveDesign(dependencies, request);
  const settings = JSON.stringify(settingsOf(config, repository.root, input));
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
    phases,
    policy,
    settingsDocument: sha256(settings),
  };
  const { runId } = command;
  const warnings = [
    ...parsed.warnings.map((warning) => warning.message),
    ...unknownCostWarnings(policy, config.agents.definitions),
  ];
  const answer: Output = { runId, outcome: 'started', designChanged: false, warnings };
  ticket.concerns(runId);
  const created = await executor.create(command, {
    onlyRunOfDesign: !input.fresh,
    documents: [{ hash: command.settingsDocument, text: settings }],
    action: () => ticket.entry(answer),
  });
  if (created.kind === 'done') return { kind: 'logged', answer };
  if (created.kind !== 'refused') throw new Error(`a new run cannot be ${created.kind}`);
  // Two started the same design at once: the second follows the first.
  if (created.result.kind === 'design-busy') return 'changed-meanwhile';
  if (created.result.kind === 'branch-busy') throw branchBusy(created.result.runId, feature);
  return { kind: 'repeated' };
}

/** The path that a design is known by: within its repository where it lies there. */
function pathWithin(root: string, path: string): string {
  const inside = relative(root, path);
  const isOutside = inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside);
  return isOutside ? path : inside;
}

/** The run to go on with; none when another one is asked for. */
async function findRunOfDesign(
  { store }: CreateRunDependencies,
  { input, repository, designPath }: Request,
): Promise<string | null> {
  if (input.fresh) return null;
  const project = await store.findProject(repository.root);
  if (!project) return null;
  const design = await store.findDesign(project.id, designPath);
  if (design === null) return null;
  const runs = await store.listRuns({ designId: design, active: true, limit: 1 });
  return runs[0]?.id ?? null;
}

/** The design has a run: it goes on, also if it was paused. */
async function goOn(
  { executor, store }: CreateRunDependencies,
  runId: string,
  { input, designHash }: Request,
  ticket: ActionTicket,
): Promise<Tried> {
  const state = await executor.load(runId);
  if (!state) throw new Error(`run ${runId} of the list is not there`);
  ticket.concerns(runId);
  const revision = await store.readDesignRevision(state.designRevisionId);
  const designChanged = revision !== null && revision.hash !== designHash;
  const answer = { runId, designChanged, warnings: ignoredOptions(input) };
  if (state.control !== 'paused') return { kind: 'to-log', answer: { ...answer, outcome: 'found' } };
  const resumed: Output = { ...answer, outcome: 'resumed' };
  const executed = await executor.execute(runId, { kind: 'resume' }, { action: () => ticket.entry(resumed) });
  if (executed.kind === 'done') return { kind: 'logged', answer: resumed };
  return executed.kind === 'refused' ? { kind: 'repeated' } : 'changed-meanwhile';
}

/** What a run was started with holds to its end (G27): whoever asks for something else is told so. */
function ignoredOptions(input: Input): string[] {
  const { feature, base, agent, model, preset, finalize, parallel, sandbox, budget } = input;
  const budgets = { 'budget-cost': budget?.cost, 'budget-tokens': budget?.tokens };
  const given = Object.entries({
    feature,
    base,
    agent,
    model,
    policy: preset,
    finalize,
    parallel,
    sandbox,
    ...budgets,
  });
  const names = given.filter(([, value]) => value !== undefined).map(([name]) => `--${name}`);
  if (names.length === 0) return [];
  return [`Without effect, because the design has a run with settings of its own: ${names.join(', ')}.`];
}

async function saveDesign(
  { store, newId }: CreateRunDependencies,
  { input, repository, designPath, designHash }: Request,
): Promise<SavedDesign & { readonly projectId: string }> {
  const createdAt = await store.now();
  const project = await store.saveProject({ id: `p${newId()}`, repository: repository.root, createdAt });
  const saved = await store.saveDesign({
    id: `d${newId()}`,
    projectId: project.id,
    path: designPath,
    revisionId: `v${newId()}`,
    hash: designHash,
    text: input.designText,
    createdAt,
  });
  return { ...saved, projectId: project.id };
}
