import { join } from 'node:path';
import type { AgentEvent } from '../adapter/agent-event.ts';
import { BoundedLog } from './bounded-log.ts';
import { plainText } from './plain-text.ts';
import { renderEvent } from './render-event.ts';

/** Enough for days of an agent's talk; an endless loop fills no disk. */
const LIMIT_BYTES = 20 * 1024 * 1024;

export interface TranscriptOptions {
  readonly directory: string;
  /** Where a person looks on. */
  show(text: string): void;
}

/**
 * What an attempt's agent did: every event with its time in `transcript.jsonl`, the same for people in `output.log` and
 * in the pane.
 */
export class Transcript {
  readonly #options: TranscriptOptions;
  readonly #events: BoundedLog;
  readonly #output: BoundedLog;
  #isAtLineStart = true;

  constructor(options: TranscriptOptions) {
    const { directory } = options;
    const megabytes = LIMIT_BYTES / 1024 / 1024;
    this.#options = options;
    this.#events = new BoundedLog(join(directory, 'transcript.jsonl'), LIMIT_BYTES, '');
    this.#output = new BoundedLog(
      join(directory, 'output.log'),
      LIMIT_BYTES,
      `\n… more than ${megabytes} MB; what follows is the end …\n`,
    );
  }

  /** The hint is for who looks on, and means nothing in a file. */
  header(text: string, hint: string): void {
    this.#output.write(text);
    this.#options.show(text + hint);
  }

  /** What the agent did. */
  event(turn: number, event: AgentEvent): void {
    this.#record({ at: Date.now(), turn, event });
    const isText = event.kind === 'text' || event.kind === 'output';
    const text = this.#lines(plainText(renderEvent(event)), isText);
    if (event.kind === 'turn-ended') this.#output.writeTail(text);
    else this.#output.write(text);
    this.#options.show(text);
  }

  /** What Tina did. Kept whatever the limit says: it is little. */
  note(note: string): void {
    const at = Date.now();
    this.#record({ at, note });
    const text = this.#lines(`${new Date(at).toISOString().slice(11, 19)} ${plainText(note)}\n`, false);
    this.#output.writeTail(text);
    this.#options.show(text);
  }

  close(): void {
    this.#events.close();
    this.#output.close();
  }

  #record(entry: object): void {
    this.#events.write(`${JSON.stringify(entry)}\n`);
  }

  /** Whole lines begin on a line of their own, wherever the agent's text has stopped. */
  #lines(text: string, isPiece: boolean): string {
    if (text === '') return '';
    const begin = isPiece || this.#isAtLineStart ? '' : '\n';
    this.#isAtLineStart = text.endsWith('\n');
    return begin + text;
  }
}
