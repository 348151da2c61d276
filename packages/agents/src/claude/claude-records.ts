import type { AgentEvent } from '../adapter/agent-event.ts';
import { type Fields, fieldsOf, listOf, numberOf, textOf, timeOfSeconds } from '../cli/json-fields.ts';
import { summaryOf, textOfBlocks } from './claude-blocks.ts';
import { claudeOutcome } from './claude-outcome.ts';
import { ClaudeUsage } from './claude-usage.ts';

/** What a record means: an event, or a question that waits for an answer. */
export type ClaudeSignal =
  | AgentEvent
  | {
      readonly kind: 'asks-permission';
      readonly requestId: string;
      readonly tool: string;
      readonly input: Fields;
    }
  /** A question that Tina does not know. */
  | { readonly kind: 'asks'; readonly requestId: string; readonly subtype: string };

/** Records that tell nothing Tina has a use for. */
const SILENT: ReadonlySet<string> = new Set([
  'auth_status',
  'control_cancel_request',
  'control_response',
  'keep_alive',
  'prompt_suggestion',
  'stream_event',
  'tool_progress',
  'tool_use_summary',
]);

const SILENT_SYSTEM: ReadonlySet<string> = new Set([
  'compact_boundary',
  'files_persisted',
  'hook_progress',
  'hook_response',
  'hook_started',
  'informational',
  'local_command_output',
  'permission_denied',
  'session_state_changed',
  'status',
  'task_notification',
  'task_progress',
  'task_started',
  'task_updated',
]);

/**
 * Reads what Claude Code writes in the format `stream-json`. Of each turn exactly one `turn-ended` comes out, unless the
 * process ends first. Whatever is odd in a record is taken as if it was not there.
 *
 * A message that was said while the turn's last answer was being written gets a final record of its own, right after the
 * turn's: the turn ends with that one. So it has not ended while a message that was said waits.
 */
export class ClaudeRecords {
  readonly #usage = new ClaudeUsage();
  readonly #waiting = new Map<string, string>();
  readonly #tools = new Set<string>();
  #sessionId: string | null = null;
  #hasBegun = false;
  #isAnswered = false;
  #resetAt: number | null = null;
  #apiError: string | null = null;

  /** A process has started. */
  beginProcess(): void {
    this.#hasBegun = false;
    this.#waiting.clear();
  }

  beginTurn(): void {
    this.#usage.begin();
    this.#waiting.clear();
    this.#tools.clear();
    this.#resetAt = null;
    this.#apiError = null;
  }

  /** A message was handed to the program, under a name that it repeats when the agent gets it. */
  expect(uuid: string, messageId: string): void {
    this.#waiting.set(uuid, messageId);
  }

  /** Whether the process has begun its work: one that cannot resume a conversation never does. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Whether a model has answered in this conversation: then it can be resumed. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** Messages that the agent has not got. */
  get hasWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** What a turn has used whose final record never came. */
  get usage(): ClaudeUsage['soFar'] {
    return this.#usage.soFar;
  }

  forgetConversation(): void {
    this.#isAnswered = false;
    this.#sessionId = null;
  }

  read(value: unknown): readonly ClaudeSignal[] {
    const record = fieldsOf(value);
    const type = textOf(record['type']) ?? '';
    switch (type) {
      case 'system':
        return this.#readSystem(record);
      case 'assistant':
        return this.#readAnswer(record);
      case 'user':
        return this.#readUser(record);
      case 'command_lifecycle':
        return record['state'] === 'started' ? this.#delivered(record['command_uuid']) : [];
      case 'rate_limit_event':
        return this.#readLimit(fieldsOf(record['rate_limit_info']));
      case 'control_request':
        return readRequest(record);
      case 'result':
        return this.#readResult(record);
      default:
        return SILENT.has(type) ? [] : [unknown(type)];
    }
  }

  #readSystem(record: Fields): readonly ClaudeSignal[] {
    const subtype = textOf(record['subtype']) ?? '';
    if (subtype === 'init') return this.#readInit(record);
    if (subtype === 'api_retry') return [readRetry(record)];
    return SILENT_SYSTEM.has(subtype) ? [] : [unknown(`system/${subtype}`)];
  }

  /** It comes again at every turn. */
  #readInit(record: Fields): readonly ClaudeSignal[] {
    const sessionId = textOf(record['session_id']);
    const isFirst = !this.#hasBegun;
    this.#hasBegun = true;
    const signals: ClaudeSignal[] = [];
    if (sessionId !== null && sessionId !== this.#sessionId) {
      this.#sessionId = sessionId;
      signals.push({ kind: 'session-id', sessionId });
    }
    if (!isFirst) return signals;
    for (const server of listOf(record['mcp_servers']).map(fieldsOf)) {
      if (server['status'] !== 'failed') continue;
      const text = `The server of tools "${textOf(server['name']) ?? ''}" could not be started.\n`;
      signals.push({ kind: 'output', stream: 'stderr', text });
    }
    return signals;
  }

  #readAnswer(record: Fields): readonly ClaudeSignal[] {
    const message = fieldsOf(record['message']);
    this.#apiError = textOf(record['error']);
    if (record['is_api_error_message'] === true) return [];
    const isOfSubAgent = typeof record['parent_tool_use_id'] === 'string';
    const signals = listOf(message['content'])
      .map(fieldsOf)
      .flatMap((block) => this.#readBlock(block, isOfSubAgent));
    if (isOfSubAgent) return signals;
    this.#isAnswered = true;
    const isNew = this.#usage.answer(message);
    const usage = this.#usage.soFar;
    return isNew && usage !== null ? [...signals, { kind: 'usage', usage }] : signals;
  }

  #readBlock(block: Fields, isOfSubAgent: boolean): readonly AgentEvent[] {
    switch (block['type']) {
      case 'text': {
        const text = textOf(block['text']) ?? '';
        return isOfSubAgent || text === '' ? [] : [{ kind: 'text', text: `${text}\n` }];
      }
      case 'thinking':
      case 'redacted_thinking':
        return [{ kind: 'progress', message: 'thinking' }];
      case 'tool_use': {
        const callId = textOf(block['id']) ?? '';
        const name = textOf(block['name']) ?? 'a tool';
        this.#tools.add(callId);
        return [{ kind: 'tool-started', callId, name, summary: summaryOf(block['input']) }];
      }
      default:
        return [unknown(`assistant/${textOf(block['type']) ?? ''}`)];
    }
  }

  #readUser(record: Fields): readonly ClaudeSignal[] {
    if (record['isReplay'] === true) {
      this.#isAnswered = true;
      return this.#delivered(record['uuid']);
    }
    const { content } = fieldsOf(record['message']);
    return listOf(content)
      .map(fieldsOf)
      .filter((block) => block['type'] === 'tool_result')
      .map((block): AgentEvent => {
        const callId = textOf(block['tool_use_id']) ?? '';
        this.#tools.delete(callId);
        const summary = textOfBlocks(block['content']);
        return { kind: 'tool-ended', callId, isError: block['is_error'] === true, summary };
      });
  }

  #delivered(uuid: unknown): readonly AgentEvent[] {
    const key = textOf(uuid) ?? '';
    const messageId = this.#waiting.get(key);
    if (messageId === undefined) return [];
    this.#waiting.delete(key);
    return [{ kind: 'message-delivered', messageId }];
  }

  /** Only of a limit that is reached; the record comes with others too. */
  #readLimit(limit: Fields): readonly AgentEvent[] {
    if (limit['status'] !== 'rejected') return [];
    this.#resetAt = timeOfSeconds(limit['resetsAt']);
    const message = `the limit ${textOf(limit['rateLimitType']) ?? ''} is reached`;
    return [{ kind: 'limit', message, resetAt: this.#resetAt }];
  }

  #readResult(record: Fields): readonly AgentEvent[] {
    this.#usage.result(record);
    const open = [...this.#tools].map((callId): AgentEvent => {
      return { kind: 'tool-ended', callId, isError: true, summary: 'It did not end.' };
    });
    this.#tools.clear();
    const usage = this.#usage.soFar;
    const outcome = claudeOutcome(record, { usage, resetAt: this.#resetAt, apiError: this.#apiError });
    // A turn that failed is over, whatever was said to it.
    if (this.hasWaiting && outcome.kind === 'completed') return open;
    return [...open, { kind: 'turn-ended', outcome }];
  }
}

function readRequest(record: Fields): readonly ClaudeSignal[] {
  const requestId = textOf(record['request_id']);
  const request = fieldsOf(record['request']);
  const subtype = textOf(request['subtype']) ?? '';
  if (requestId === null) return [unknown('control_request')];
  if (subtype !== 'can_use_tool') return [{ kind: 'asks', requestId, subtype }];
  const tool = textOf(request['tool_name']) ?? '';
  return [{ kind: 'asks-permission', requestId, tool, input: fieldsOf(request['input']) }];
}

function readRetry(record: Fields): AgentEvent {
  const status = numberOf(record['error_status']);
  const why = [textOf(record['error']) ?? 'unknown', ...(status === null ? [] : [status])].join(' ');
  const [attempt, most] = [record['attempt'], record['max_retries']].map((count) => numberOf(count) ?? '?');
  return {
    kind: 'limit',
    message: `the model did not answer (${why}); retry ${attempt} of ${most}`,
    resetAt: null,
  };
}

function unknown(type: string): AgentEvent {
  return { kind: 'unknown-record', type: type.slice(0, MAX_TYPE) };
}

/** A name is short; what is none shall not fill the transcript. */
const MAX_TYPE = 60;
