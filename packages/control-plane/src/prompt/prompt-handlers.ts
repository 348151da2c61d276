import { type ProcedureOutput, TinaError } from '@tina/contract';
import {
  type Attempt,
  attemptsOfTask,
  type Role,
  type RunState,
  type Task,
  type TaskKind,
} from '@tina/domain';
import type { Store } from '@tina/store';
import type { DesignReader } from '../design/design-reader.ts';
import type { RunExecutor } from '../executor/run-executor.ts';
import { resolveTask } from '../query/resolve.ts';
import type { Handlers } from '../server/handler.ts';
import { promptSkeleton } from './placeholders.ts';
import { promptSources } from './prompt-sources.ts';
import { renderPrompt } from './render-prompt.ts';

interface Dependencies {
  readonly store: Store;
  readonly executor: RunExecutor;
  readonly designs: DesignReader;
}

/** Who works at which kind of task. */
const ROLES_OF: Readonly<Partial<Record<TaskKind, readonly Role[]>>> = {
  'validate-design': ['validator'],
  'plan-phase': ['planner'],
  'review-phase': ['reviewer'],
  'phase-task': ['implementer', 'spec-reviewer', 'quality-reviewer', 'resolver'],
  finalize: ['resolver'],
};

/** Shows what agents are told. */
export function createPromptHandlers(dependencies: Dependencies): Pick<Handlers, 'prompt.get'> {
  return {
    'prompt.get': async ({ role, task }) =>
      task === undefined ? skeletonOf(role) : promptOfTask(dependencies, { role, task }),
  };
}

function skeletonOf(role: Role): ProcedureOutput<'prompt.get'> {
  const { text, placeholders } = promptSkeleton(role);
  return { role, attemptId: null, text, placeholders: { ...placeholders } };
}

async function promptOfTask(
  dependencies: Dependencies,
  { role, task: name }: { readonly role: Role; readonly task: string },
): Promise<ProcedureOutput<'prompt.get'>> {
  const { state, task } = await resolveTask(dependencies, name);
  const fitting = ROLES_OF[task.kind] ?? [];
  if (!fitting.includes(role)) {
    throw new TinaError({
      code: 'role_not_of_task',
      message: `No ${role} works at ${task.name}.`,
      next:
        fitting.length === 0
          ? [`tina prompt ${role}`]
          : fitting.map((each) => `tina prompt ${each} --task ${task.id}`),
    });
  }
  const known = attemptsOfTask(state, task.id).findLast((attempt) => attempt.role === role);
  const attempt = known ?? attemptToCome(state, task, role);
  const text = renderPrompt(await promptSources(dependencies, { state, attempt, task }));
  return { role, attemptId: known?.id ?? null, text, placeholders: {} };
}

/** An attempt that nobody has asked for yet, as far as its prompt goes. */
function attemptToCome(state: RunState, task: Task, role: Role): Attempt {
  const last = attemptsOfTask(state, task.id).at(-1);
  const startCommit = task.workCommit ?? state.tip ?? state.baseCommit;
  return {
    ...(last as Attempt),
    id: '<attempt>',
    taskId: task.id,
    role,
    branch: '<attempt branch>',
    startCommit,
    mergeCommit: task.conflict?.with ?? null,
    predecessor: null,
  };
}
