import type { JsonObject, TokenCounts } from '../scenario/step.ts';

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly namespace: string | null;
  readonly input: JsonObject;
}

/** What the model answers, before it is put into the words of a protocol. */
export interface Answer {
  readonly model: string;
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly usage: TokenCounts;
}

/** An answer as a protocol writes it. */
export interface WrittenAnswer {
  /** The body when it is asked for at once. */
  readonly body: JsonObject;
  /** The pieces of the body when it is asked for as a stream. */
  readonly pieces: readonly string[];
}

const PIECE_LENGTH = 4096;

/** Cuts a text into pieces, as a model streams it: at least two, when there are two characters. */
export function inPieces(text: string): string[] {
  const signs = Array.from(text);
  const length = Math.max(1, Math.min(PIECE_LENGTH, Math.ceil(signs.length / 2)));
  const pieces: string[] = [];
  for (let at = 0; at < signs.length; at += length) pieces.push(signs.slice(at, at + length).join(''));
  return pieces;
}
