import type { Attempt, RunState, Task } from '@tina/domain';
import type { Store } from '@tina/store';
import type { DesignReader } from '../design/design-reader.ts';
import type { PromptSources } from './render-prompt.ts';

/**
 * Reads what a prompt is made from.
 *
 * @throws Error when the design cannot be read
 */
export async function promptSources(
  { store, designs }: { readonly store: Store; readonly designs: DesignReader },
  { state, attempt, task }: { readonly state: RunState; readonly attempt: Attempt; readonly task: Task },
): Promise<PromptSources> {
  const { text, design } = await designs.read(state.designRevisionId);
  const plan = state.phases.find((phase) => phase.number === task.phase)?.plan;
  const planText = plan ? await store.readDocument(plan.document) : null;
  return { state, attempt, task, design: design(), designText: text, planText };
}
