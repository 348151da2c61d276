import type { AgentEvent } from '../adapter/agent-event.ts';
import { PieceRedactor } from '../secret/piece-redactor.ts';
import { redactor } from '../secret/redactor.ts';
import { MIN_SECRET, type Secret } from '../secret/secret.ts';

/** The two halves of a secret that was cut come within a few milliseconds; a person does not notice the wait. */
const RELEASE_MS = 100;

type Piece = Extract<AgentEvent, { kind: 'text' | 'output' }>;

/**
 * Takes secrets out of an agent's events (G30), also one that is spread over several pieces of what it says or writes: the
 * end of a piece may come later than it came in, but never later than the end of its turn.
 */
export class EventRedactor {
  readonly #secrets: readonly Secret[];
  readonly #redact: <T>(value: T) => T;
  readonly #emit: (event: AgentEvent) => void;
  readonly #streams = new Map<string, { readonly redactor: PieceRedactor; last: Piece }>();
  #timer: NodeJS.Timeout | null = null;

  constructor(secrets: readonly Secret[], emit: (event: AgentEvent) => void) {
    this.#secrets = secrets;
    this.#redact = redactor(secrets);
    this.#emit = emit;
  }

  push(event: AgentEvent): void {
    if (event.kind === 'text' || event.kind === 'output') return this.#pushPiece(event);
    if (event.kind === 'turn-ended') this.flush();
    this.#emit(this.#redact(event));
  }

  /** Nothing follows for now: gives out what is held back. */
  flush(): void {
    this.#stopTimer();
    for (const { redactor, last } of this.#streams.values()) this.#emitPiece(last, redactor.flush());
  }

  #pushPiece(piece: Piece): void {
    const name = piece.kind === 'text' ? 'text' : piece.stream;
    const stream = this.#streams.get(name) ?? { redactor: new PieceRedactor(this.#secrets), last: piece };
    this.#streams.set(name, stream);
    stream.last = piece;
    this.#emitPiece(piece, stream.redactor.push(piece.text));
    this.#stopTimer();
    if ([...this.#streams.values()].some(({ redactor }) => redactor.held !== ''))
      this.#timer = setTimeout(() => this.#release(), RELEASE_MS);
  }

  #release(): void {
    this.#timer = null;
    for (const { redactor, last } of this.#streams.values())
      this.#emitPiece(last, redactor.release(MIN_SECRET));
  }

  #emitPiece(piece: Piece, text: string): void {
    if (text !== '') this.#emit({ ...piece, text });
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
