import type { AgentEvent } from '../adapter/agent-event.ts';
import { type Fields, fieldsOf, listOf, textOf } from '../cli/json-fields.ts';
import { AcpTools } from './acp-tools.ts';

/** A name is short; what is none shall not fill the transcript. */
const MAX_TYPE = 60;

/** Updates that tell nothing Tina has a use for. */
const SILENT: ReadonlySet<string> = new Set([
  'available_commands_update',
  'config_option_update',
  'current_mode_update',
  'session_info_update',
  'user_message_chunk',
]);

/** Reads what an agent tells of a session between two answers. Whatever is odd in a record is taken as if it was not there. */
export class AcpRecords {
  readonly tools = new AcpTools();
  #finalMessage = '';
  #hasWorked = false;
  #isThinking = false;
  #endsLine = true;

  beginTurn(): void {
    this.tools.clear();
    this.#finalMessage = '';
    this.#hasWorked = false;
    this.#isThinking = false;
    this.#endsLine = true;
  }

  /** What the agent has said since its last tool. */
  get finalMessage(): string {
    return this.#finalMessage;
  }

  /** Whether the turn has seen a tool at work. */
  get hasWorked(): boolean {
    return this.#hasWorked;
  }

  /** @param update of a notification `session/update`; those of the kind `usage_update` are for `AcpUsage` */
  read(update: Fields): readonly AgentEvent[] {
    const kind = textOf(update['sessionUpdate']) ?? '';
    if (kind !== 'agent_thought_chunk') this.#isThinking = false;
    switch (kind) {
      case 'agent_message_chunk':
        return this.#readText(textOf(fieldsOf(update['content'])['text']) ?? '');
      case 'agent_thought_chunk':
        return this.#readThought();
      case 'tool_call':
      case 'tool_call_update':
        return this.beginTool(this.tools.read(update));
      case 'plan':
        return readPlan(update);
      default:
        return SILENT.has(kind) ? [] : [{ kind: 'unknown-record', type: kind.slice(0, MAX_TYPE) }];
    }
  }

  /** What was said before a tool is no last word. */
  beginTool(events: readonly AgentEvent[]): readonly AgentEvent[] {
    if (!events.some(({ kind }) => kind === 'tool-started')) return events;
    this.#hasWorked = true;
    this.#finalMessage = '';
    return [...this.endLine(), ...events];
  }

  endLine(): readonly AgentEvent[] {
    if (this.#endsLine) return [];
    this.#endsLine = true;
    return [{ kind: 'text', text: '\n' }];
  }

  #readText(text: string): readonly AgentEvent[] {
    if (text === '') return [];
    this.#finalMessage += text;
    this.#endsLine = text.endsWith('\n');
    return [{ kind: 'text', text }];
  }

  #readThought(): readonly AgentEvent[] {
    if (this.#isThinking) return [];
    this.#isThinking = true;
    return [{ kind: 'progress', message: 'thinking' }];
  }
}

function readPlan(update: Fields): readonly AgentEvent[] {
  const now = listOf(update['entries'])
    .map(fieldsOf)
    .find((entry) => entry['status'] === 'in_progress');
  const message = textOf(now?.['content']);
  return message === null ? [] : [{ kind: 'progress', message }];
}
