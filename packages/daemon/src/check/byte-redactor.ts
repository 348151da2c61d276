import { PieceRedactor, type Secret } from '@tina/agents';

/** Each byte as one character and back: output need not be text, nor text in UTF-8. */
const ENCODING = 'latin1';

/** Takes secrets out of output that comes in chunks, wherever one is cut in two (G30). Every other byte stays as it is. */
export class ByteRedactor {
  readonly #redactor: PieceRedactor;

  constructor(secrets: readonly Secret[]) {
    const bytesOf = (text: string): string => Buffer.from(text).toString(ENCODING);
    this.#redactor = new PieceRedactor(
      secrets.map(({ name, value }) => ({ name: bytesOf(name), value: bytesOf(value) })),
    );
  }

  push(chunk: Buffer): Buffer {
    return Buffer.from(this.#redactor.push(chunk.toString(ENCODING)), ENCODING);
  }

  flush(): Buffer {
    return Buffer.from(this.#redactor.flush(), ENCODING);
  }
}
