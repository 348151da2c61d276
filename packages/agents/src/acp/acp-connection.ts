import type { AgentEvent } from '../adapter/agent-event.ts';
import { type Fields, fieldsOf, textOf } from '../cli/json-fields.ts';
import { JsonLineProcess } from '../cli/json-line-process.ts';
import type { ProcessEnd } from '../process/agent-process.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Secret } from '../secret/secret.ts';

export type AcpAnswer =
  | { readonly kind: 'result'; readonly result: Fields }
  | { readonly kind: 'error'; readonly error: AcpError };

export interface AcpError {
  /** Of JSON-RPC, below zero; some agents put a status of HTTP here. */
  readonly code: number;
  readonly message: string;
  readonly data: unknown;
}

export interface AcpStart {
  readonly program: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly sandbox: Sandbox | null;
  readonly secrets: readonly Secret[];
  /** Takes out what nobody shall see; the agent is answered by what it said itself. */
  readonly redact: <T>(value: T) => T;
  onNotification(method: string, params: Fields): void;
  /** The answer to a question of the agent's: `{ result }` or `{ error }`. */
  onRequest(method: string, params: Fields): object;
  onOutput(event: Extract<AgentEvent, { kind: 'output' }>): void;
  onEnd(end: ProcessEnd, stderr: string): void;
}

/** Speaks the Agent Client Protocol (JSON-RPC, one message a line) with a process that it starts. */
export class AcpConnection {
  readonly #process: JsonLineProcess;
  readonly #start: AcpStart;
  readonly #waiting = new Map<number, (answer: AcpAnswer) => void>();
  #lastId = 0;

  constructor(start: AcpStart) {
    this.#start = start;
    this.#process = new JsonLineProcess({
      ...start,
      onRecord: (record) => this.#onRecord(fieldsOf(start.redact(record))),
    });
  }

  get pid(): number | null {
    return this.#process.pid;
  }

  get startTime(): string {
    return this.#process.startTime;
  }

  /** Of a process that ends first there is no answer: that is told by `onEnd`. */
  request(method: string, params: object): Promise<AcpAnswer> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#process.send({ jsonrpc: '2.0', id, method, params });
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
    });
  }

  notify(method: string, params: object): void {
    this.#process.send({ jsonrpc: '2.0', method, params });
  }

  pauseOutput(): void {
    this.#process.pauseOutput();
  }

  resumeOutput(): void {
    this.#process.resumeOutput();
  }

  /** See `AgentProcess.end`. */
  end(parameters: { readonly graceMs: number }): Promise<void> {
    return this.#process.end(parameters);
  }

  #onRecord(record: Fields): void {
    const { id } = record;
    const method = textOf(record['method']);
    if (method === null) return this.#onAnswer(record);
    const params = fieldsOf(record['params']);
    if (typeof id !== 'number' && typeof id !== 'string') return this.#start.onNotification(method, params);
    return this.#process.send({ jsonrpc: '2.0', id, ...this.#start.onRequest(method, params) });
  }

  #onAnswer(record: Fields): void {
    const id = typeof record['id'] === 'number' ? record['id'] : 0;
    const resolve = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (resolve === undefined) return this.#start.onNotification('answer', {});
    if (!('error' in record)) return resolve({ kind: 'result', result: fieldsOf(record['result']) });
    const error = fieldsOf(record['error']);
    const code = typeof error['code'] === 'number' ? error['code'] : 0;
    return resolve({
      kind: 'error',
      error: { code, message: textOf(error['message']) ?? 'no reason given', data: error['data'] },
    });
  }
}
