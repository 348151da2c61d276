import type { CommandAgentDefinition } from '@tina/contract';
import type { AgentIo, AgentLaunch, AgentSession, AgentTurn } from '../adapter/agent-adapter.ts';
import type { AgentEvent, OutputStream } from '../adapter/agent-event.ts';
import { EventQueue } from '../adapter/event-queue.ts';
import { completedTurn, failedTurn, MAX_FINAL_MESSAGE } from '../adapter/turn-outcomes.ts';
import { AgentProcess, type ProcessEnd } from '../process/agent-process.ts';
import { describeEnd } from '../process/describe-end.ts';
import { findProgram } from '../process/find-program.ts';
import { RedactedTail } from '../secret/redacted-tail.ts';
import { fillPlaceholders } from './placeholders.ts';

/** How much of stderr goes into the reason of a failure. */
const STDERR_TAIL = 4_000;

/** Linux refuses a single argument of 128 KiB or more. */
const MAX_ARGUMENT_BYTES = 128 * 1024 - 1;

/**
 * Runs the command once for each turn. What it writes to stdout is what it says; the end of that is its final message.
 * There is no final record: a report comes by `tina report`, or is read from the final message.
 */
export class CommandSession implements AgentSession {
  readonly events: EventQueue;
  readonly #launch: AgentLaunch<CommandAgentDefinition>;
  readonly #io: AgentIo;
  readonly #stdout: RedactedTail;
  readonly #stderr: RedactedTail;
  #process: AgentProcess | null = null;
  #isTurnUnderWay = false;

  constructor(launch: AgentLaunch<CommandAgentDefinition>, io: AgentIo) {
    this.#launch = launch;
    this.#io = io;
    this.#stdout = new RedactedTail(MAX_FINAL_MESSAGE, io.secrets);
    this.#stderr = new RedactedTail(STDERR_TAIL, io.secrets);
    this.events = new EventQueue({
      pause: () => this.#process?.pauseOutput(),
      resume: () => this.#process?.resumeOutput(),
    });
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  beginTurn(turn: AgentTurn): void {
    this.#isTurnUnderWay = true;
    this.#stdout.clear();
    this.#stderr.clear();
    const command = this.#commandFor(turn);
    if ('problem' in command) {
      this.#endTurn({ kind: 'turn-ended', outcome: failedTurn('crash', command.problem) });
      return;
    }
    const usesStdin = this.#launch.agent.prompt === 'stdin';
    const started = new AgentProcess({
      ...command,
      directory: this.#launch.worktree,
      env: this.#io.env,
      input: usesStdin ? 'pipe' : 'none',
      sandbox: this.#io.sandbox,
      onOutput: (stream, text) => this.#onOutput(stream, text),
      onEnd: (end) => this.#onEnd(end),
    });
    this.#process = started;
    if (started.pid !== null) {
      this.events.push({ kind: 'process-started', pid: started.pid, startTime: started.startTime });
    }
    if (usesStdin) {
      started.write(turn.message);
      started.closeInput();
    }
  }

  /** Nobody reads what comes after the prompt. */
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

  #commandFor(turn: AgentTurn): { program: string; args: readonly string[] } | { problem: string } {
    const { agent, model, role, worktree } = this.#launch;
    const [name = '', ...args] = agent.command.map((argument) =>
      fillPlaceholders(argument, {
        prompt: turn.message,
        promptFile: turn.messageFile,
        model: model ?? '',
        role,
        out: this.#io.outDirectory,
      }),
    );
    const program = findProgram({ name, directory: worktree, path: this.#io.env['PATH'] });
    if (program === null) return { problem: `The program ${name} was not found, or may not be executed.` };
    const long = args.find((argument) => Buffer.byteLength(argument) > MAX_ARGUMENT_BYTES);
    if (long === undefined) return { program, args };
    const size = Math.ceil(Buffer.byteLength(long) / 1024);
    return {
      problem: `An argument of ${size} KiB is more than a program can be given. Set prompt to stdin or file.`,
    };
  }

  #onOutput(stream: OutputStream, text: string): void {
    if (stream === 'stderr') {
      this.#stderr.push(text);
      this.events.push({ kind: 'output', stream, text });
      return;
    }
    this.#stdout.push(text);
    this.events.push({ kind: 'text', text });
  }

  #endTurn(event: AgentEvent): void {
    if (!this.#isTurnUnderWay) return;
    this.#isTurnUnderWay = false;
    this.events.push(event);
  }

  #onEnd(end: ProcessEnd): void {
    this.#process = null;
    if (end.exitCode === 0) {
      const finalMessage = this.#stdout.toString();
      this.#endTurn({
        kind: 'turn-ended',
        outcome: completedTurn({ report: null, finalMessage, usage: null }),
      });
    } else {
      const reason = describeEnd(end, null, this.#stderr.toString());
      this.#endTurn({ kind: 'turn-ended', outcome: failedTurn('crash', reason) });
    }
  }
}
