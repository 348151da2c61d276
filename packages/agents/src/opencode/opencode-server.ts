import { randomBytes } from 'node:crypto';
import type { AgentEvent, OutputStream } from '../adapter/agent-event.ts';
import { fieldsOf, textOf } from '../cli/json-fields.ts';
import { AgentProcess, type ProcessEnd } from '../process/agent-process.ts';
import { LineSplitter } from '../process/line-splitter.ts';
import { RedactedTail } from '../secret/redacted-tail.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Secret } from '../secret/secret.ts';

/** How much of stderr goes into the reason of a crash. */
const STDERR_TAIL = 4_000;
const USER = 'opencode';
/** Says where it listens: the port is of its own choice. */
const LISTENING = /listening on (http:\/\/127\.0\.0\.1:\d+)/;

export interface OpencodeStart {
  readonly program: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly sandbox: Sandbox | null;
  readonly secrets: readonly Secret[];
  /** An event of the server's stream. */
  onEvent(event: unknown): void;
  onOutput(event: Extract<AgentEvent, { kind: 'output' }>): void;
  /** The last call, with the end of stderr. */
  onEnd(end: ProcessEnd, stderr: string): void;
}

export interface OpencodeAnswer {
  readonly status: number;
  /** Null for what is no JSON. */
  readonly body: unknown;
}

/**
 * A process of `opencode serve`, on a port of 127.0.0.1 and with a password of its own: whoever is on the machine could talk to
 * the agent without it.
 */
export class OpencodeServer {
  readonly password = randomBytes(24).toString('base64url');
  readonly #start: OpencodeStart;
  readonly #process: AgentProcess;
  readonly #stderr: RedactedTail;
  readonly #url = Promise.withResolvers<string>();
  readonly #gone = new AbortController();
  #go: PromiseWithResolvers<void> | null = null;

  constructor(start: OpencodeStart) {
    this.#start = start;
    this.#stderr = new RedactedTail(STDERR_TAIL, start.secrets);
    const lines = new LineSplitter((line) => this.#onLine(line));
    this.#process = new AgentProcess({
      program: start.program,
      args: start.args,
      directory: start.directory,
      env: { ...start.env, OPENCODE_SERVER_USERNAME: USER, OPENCODE_SERVER_PASSWORD: this.password },
      input: 'none',
      sandbox: start.sandbox,
      onOutput: (stream, text) => (stream === 'stdout' ? lines.push(text) : this.#onOther(stream, text)),
      onEnd: (end) => {
        this.#gone.abort();
        this.#go?.resolve();
        if (lines.hasRest) lines.end();
        start.onEnd(end, this.#stderr.toString());
      },
    });
  }

  /** Null when it could not be started. */
  get pid(): number | null {
    return this.#process.pid;
  }

  get startTime(): string {
    return this.#process.startTime;
  }

  /** Where it listens, once it does; of a process that ends before, never. */
  get url(): Promise<string> {
    return this.#url.promise;
  }

  /** Null when nobody answers any more: the end of the process is told by `onEnd`. */
  async request(method: 'GET' | 'POST', path: string, body?: object): Promise<OpencodeAnswer | null> {
    try {
      const response = await fetch(`${await this.url}${path}`, {
        method,
        headers: { ...this.#headers(), 'content-type': 'application/json' },
        signal: this.#gone.signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: parse(await response.text()) };
    } catch {
      return null;
    }
  }

  /** Reads the stream of events until the process ends; a stream that breaks off is taken up again. */
  async follow(): Promise<void> {
    while (!this.#gone.signal.aborted) {
      try {
        await this.#readStream();
      } catch {
        await new Promise((resolve) => {
          setTimeout(resolve, RECONNECT_MS);
        });
      }
    }
  }

  pauseOutput(): void {
    this.#process.pauseOutput();
    this.#go ??= Promise.withResolvers<void>();
  }

  resumeOutput(): void {
    this.#process.resumeOutput();
    this.#go?.resolve();
    this.#go = null;
  }

  /** See `AgentProcess.end`. */
  end(parameters: { readonly graceMs: number }): Promise<void> {
    return this.#process.end(parameters);
  }

  #headers(): Readonly<Record<string, string>> {
    const name = Buffer.from(`${USER}:${this.password}`).toString('base64');
    return { authorization: `Basic ${name}` };
  }

  async #readStream(): Promise<void> {
    const response = await fetch(`${await this.url}/event`, {
      headers: this.#headers(),
      signal: this.#gone.signal,
    });
    const lines = new LineSplitter((line, isWhole) => this.#onStreamLine(line, isWhole));
    if (response.body === null) return;
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      lines.push(text);
      await this.#go?.promise;
    }
  }

  #onStreamLine(line: string, isWhole: boolean): void {
    if (!line.startsWith('data:')) return;
    const event = isWhole ? parse(line.slice('data:'.length)) : null;
    this.#start.onEvent(event ?? { type: 'unreadable' });
  }

  #onLine(line: string): void {
    const url = LISTENING.exec(line)?.[1];
    if (url !== undefined) return this.#url.resolve(url);
    if (line.trim() === '') return undefined;
    return this.#start.onOutput({ kind: 'output', stream: 'stdout', text: `${line}\n` });
  }

  #onOther(stream: OutputStream, text: string): void {
    this.#stderr.push(text);
    this.#start.onOutput({ kind: 'output', stream, text });
  }
}

const RECONNECT_MS = 200;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What a person reads of an answer that refuses something. */
export function refusalOf(answer: OpencodeAnswer | null): string {
  if (answer === null) return 'it does not answer';
  const { data, message, name } = fieldsOf(answer.body);
  const told = textOf(fieldsOf(data)['message']) ?? textOf(message) ?? textOf(name) ?? 'no reason given';
  return `${told} (status ${answer.status})`;
}
