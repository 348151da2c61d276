import type { Launch } from '@tina/contract';
import { HistoryCheck, type RunState } from '@tina/domain';
import type { ControlAction, RunWrite } from '@tina/store';

/** A guarantee that did not hold. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

export function hold(guarantee: string, holds: boolean, what: () => string): void {
  if (!holds) throw new Violation(`${guarantee} ${what()}`);
}

/** What an operator asked a task to be, as far as an agent is told of it. */
interface AskedOf {
  readonly title?: string;
  readonly body?: string;
  readonly files?: readonly string[];
}

interface AskedEdit {
  readonly task: string;
  readonly edit?: AskedOf;
  readonly revision?: number;
}

/** What must hold after every commit, whatever happened before: the same that `tina verify` looks at. The first breach is kept. */
export class CommitInvariants {
  violation: Violation | null = null;
  commits = 0;
  events = 0;
  readonly #histories = new Map<string, HistoryCheck>();
  /** By run and name of the task; what was asked for later stands over what was before. */
  readonly #edited = new Map<string, { readonly times: number; readonly asked: AskedOf }>();

  /** What the events of each run fold to. */
  get states(): readonly RunState[] {
    return [...this.#histories.values()].flatMap(({ state }) => (state === null ? [] : [state]));
  }

  broken(message: string): void {
    this.violation ??= new Violation(message);
  }

  committed({ runId, events }: RunWrite, action: ControlAction | null): void {
    this.commits += 1;
    this.events += events.length;
    const history = this.#histories.get(runId) ?? new HistoryCheck();
    this.#histories.set(runId, history);
    for (const event of events) history.take(event);
    // Asked for after every commit, it looks at the state that each one leaves.
    const [found] = history.violations();
    if (found) this.broken(`${found.guarantee} ${found.subject}: ${found.message}`);
    if (action?.kind === 'task.edit') this.#noteEdit(runId, history.state, action.payload);
  }

  /** An agent is told what was last asked of its task (G27): the words of the request are looked for, not those of an event. */
  launched({ runId, role, subject, prompt }: Launch): void {
    const asked = this.#edited.get(`${runId} ${subject.taskName}`)?.asked;
    if (asked === undefined || role !== 'implementer') return;
    const { title = '', body = '', files = [] } = asked;
    const missing = [title, body, ...files.map((file) => `\`${file}\``)].find(
      (text) => !prompt.includes(text),
    );
    if (missing !== undefined)
      this.broken(`G27 the agent of ${subject.taskName} in ${runId} is not told what was asked: ${missing}`);
  }

  #noteEdit(runId: string, state: RunState | null, payload: string): void {
    const { task, edit = {}, revision } = JSON.parse(payload) as AskedEdit;
    const key = `${runId} ${state?.tasks[task]?.name ?? task}`;
    const { times, asked } = this.#edited.get(key) ?? { times: 0, asked: {} };
    if (revision !== undefined && revision !== times)
      this.broken(`G03 ${key} was edited as of revision ${revision}, and is at ${times}`);
    this.#edited.set(key, { times: times + 1, asked: { ...asked, ...edit } });
  }
}
