import type { AgentEvent, OutputStream } from '../adapter/agent-event.ts';
import { AgentProcess, type ProcessEnd } from '../process/agent-process.ts';
import { LineSplitter } from '../process/line-splitter.ts';
import { RedactedTail } from '../secret/redacted-tail.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Secret } from '../secret/secret.ts';

/** How much of stderr goes into the reason of a crash. */
const STDERR_TAIL = 4_000;

export interface JsonLineStart {
  readonly program: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly sandbox: Sandbox | null;
  readonly secrets: readonly Secret[];
  /** A line of stdout that is JSON. */
  onRecord(record: unknown): void;
  /** What else it writes. */
  onOutput(event: Extract<AgentEvent, { kind: 'output' }>): void;
  /** The last call, with the end of stderr. */
  onEnd(end: ProcessEnd, stderr: string): void;
}

/** A process that is told lines of JSON on its stdin and answers with such lines on its stdout. */
export class JsonLineProcess {
  readonly #start: JsonLineStart;
  readonly #process: AgentProcess;
  readonly #stderr: RedactedTail;

  constructor(start: JsonLineStart) {
    this.#start = start;
    this.#stderr = new RedactedTail(STDERR_TAIL, start.secrets);
    const lines = new LineSplitter((line, isWhole) => this.#onLine(line, isWhole));
    this.#process = new AgentProcess({
      program: start.program,
      args: start.args,
      directory: start.directory,
      env: start.env,
      input: 'pipe',
      sandbox: start.sandbox,
      onOutput: (stream, text) => (stream === 'stdout' ? lines.push(text) : this.#onOther(stream, text)),
      onEnd: (end) => {
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

  send(record: object): void {
    this.#process.write(`${JSON.stringify(record)}\n`);
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

  #onLine(line: string, isWhole: boolean): void {
    const record = isWhole ? parse(line) : undefined;
    if (record !== undefined) return this.#start.onRecord(record);
    if (line.trim() === '') return;
    this.#start.onOutput({ kind: 'output', stream: 'stdout', text: `${line}${isWhole ? '' : '…'}\n` });
  }

  #onOther(stream: OutputStream, text: string): void {
    this.#stderr.push(text);
    this.#start.onOutput({ kind: 'output', stream, text });
  }
}

/** Undefined for what is no JSON. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
