import type { ScriptedAgentDefinition } from '@tina/contract';
import type { Usage } from '@tina/domain';
import type { AgentIo, AgentLaunch, AgentSession, AgentTurn } from '../adapter/agent-adapter.ts';
import type { AgentEvent, OutputStream } from '../adapter/agent-event.ts';
import { EventQueue } from '../adapter/event-queue.ts';
import { failedTurn } from '../adapter/turn-outcomes.ts';
import { AgentProcess, type ProcessEnd } from '../process/agent-process.ts';
import { describeEnd } from '../process/describe-end.ts';
import { LineSplitter } from '../process/line-splitter.ts';
import { RedactedTail } from '../secret/redacted-tail.ts';
import type { ScriptedContext, ScriptedRequest } from './protocol.ts';
import { scriptedProgram } from './program-path.ts';
import { readRecord } from './read-record.ts';

/** How much of stderr goes into the reason of a crash. */
const STDERR_TAIL = 2_000;

/**
 * Speaks lines of JSON with the scripted agent's program: requests on its stdin, records on its stdout. All turns go to
 * one process; when it has ended, the next turn starts another.
 */
export class ScriptedSession implements AgentSession {
  readonly events: EventQueue;
  readonly #launch: AgentLaunch<ScriptedAgentDefinition>;
  readonly #io: AgentIo;
  readonly #stderr: RedactedTail;
  #process: AgentProcess | null = null;
  #isTurnUnderWay = false;
  #usage: Usage | null = null;

  constructor(launch: AgentLaunch<ScriptedAgentDefinition>, io: AgentIo) {
    this.#launch = launch;
    this.#io = io;
    this.#stderr = new RedactedTail(STDERR_TAIL, io.secrets);
    this.events = new EventQueue({
      pause: () => this.#process?.pauseOutput(),
      resume: () => this.#process?.resumeOutput(),
    });
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  beginTurn({ turn, message }: AgentTurn): void {
    this.#isTurnUnderWay = true;
    this.#usage = null;
    this.#process ??= this.#startProcess();
    this.#send({ type: 'turn', turn, message });
  }

  /** A script takes nothing in the middle of a turn. */
  say(): boolean {
    return false;
  }

  interrupt(): boolean {
    return false;
  }

  async end(parameters: { readonly graceMs: number }): Promise<void> {
    this.#isTurnUnderWay = false;
    await this.#process?.end(parameters);
    this.events.close();
  }

  #startProcess(): AgentProcess {
    const { agent, role, subject, worktree } = this.#launch;
    const context: ScriptedContext = { ...subject, role, outDirectory: this.#io.outDirectory };
    this.#stderr.clear();
    const records = new LineSplitter((line, isWhole) => this.#onLine(line, isWhole));
    const started = new AgentProcess({
      program: process.execPath,
      args: [scriptedProgram(), agent.script, JSON.stringify(context)],
      directory: worktree,
      env: this.#io.env,
      input: 'pipe',
      sandbox: this.#io.sandbox,
      onOutput: (stream, text) => this.#onOutput(stream, text, records),
      onEnd: (end) => {
        if (records.hasRest) records.end();
        this.#onEnd(end);
      },
    });
    if (started.pid !== null) {
      this.events.push({ kind: 'process-started', pid: started.pid, startTime: started.startTime });
    }
    return started;
  }

  #send(request: ScriptedRequest): void {
    this.#process?.write(`${JSON.stringify(request)}\n`);
  }

  #onOutput(stream: OutputStream, text: string, records: LineSplitter): void {
    if (stream === 'stdout') return records.push(text);
    this.#stderr.push(text);
    this.events.push({ kind: 'output', stream, text });
  }

  #onLine(line: string, isWhole: boolean): void {
    const event = isWhole
      ? readRecord(line, this.#usage)
      : ({ kind: 'output', stream: 'stdout', text: `${line}…\n` } as const);
    if (event.kind === 'usage') this.#usage = event.usage;
    if (event.kind === 'turn-ended') this.#endTurn(event);
    else this.events.push(event);
  }

  #endTurn(event: AgentEvent): void {
    if (!this.#isTurnUnderWay) return;
    this.#isTurnUnderWay = false;
    this.events.push(event);
  }

  /** An exit code proves nothing: without a final record the turn has crashed. */
  #onEnd(end: ProcessEnd): void {
    this.#process = null;
    const reason = describeEnd(end, 'its final record', this.#stderr.toString());
    this.#endTurn({ kind: 'turn-ended', outcome: failedTurn('crash', reason, { usage: this.#usage }) });
  }
}
