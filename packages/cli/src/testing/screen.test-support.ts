/** As much of a terminal as the live tree uses: text that wraps, new lines, moving up and down, erasing. */
export class Screen {
  readonly #width: number;
  #rows: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(width: number) {
    this.#width = width;
  }

  /** What one sees, without empty rows at the end. */
  get text(): string {
    const rows = this.#rows.map((row) => row.trimEnd());
    while (rows.at(-1) === '') rows.pop();
    return rows.join('\n');
  }

  write(text: string): void {
    // eslint-disable-next-line no-control-regex
    for (const [part] of text.matchAll(/\u001B\[[?\d;]*[A-Za-z]|[^]/g)) {
      if (part.startsWith('\u001B[')) this.#control(part);
      else if (part === '\n') this.#move(this.#row + 1);
      else if (part === '\r') this.#column = 0;
      else this.#put(part);
    }
  }

  #put(character: string): void {
    // A full row wraps only when another character comes.
    if (this.#column === this.#width) {
      this.#move(this.#row + 1);
      this.#column = 0;
    }
    const row = (this.#rows[this.#row] ?? '').padEnd(this.#column);
    this.#rows[this.#row] = row.slice(0, this.#column) + character + row.slice(this.#column + 1);
    this.#column++;
  }

  #control(sequence: string): void {
    const count = Number(/\d+/.exec(sequence)?.[0] ?? 1);
    const kind = sequence.at(-1);
    if (kind === 'A') this.#move(Math.max(0, this.#row - count));
    else if (kind === 'H') [this.#row, this.#column] = [0, 0];
    else if (kind === 'B') this.#move(this.#row + count);
    else if (kind === 'K') this.#rows[this.#row] = '';
    else if (sequence === '\u001B[2J') this.#rows = [''];
    else if (kind === 'J') this.#rows = [...this.#rows.slice(0, this.#row), ''];
    else if (!['h', 'l', 'm'].includes(kind ?? ''))
      throw new Error(`unknown sequence ${JSON.stringify(sequence)}`);
  }

  #move(row: number): void {
    this.#row = row;
    while (this.#rows.length <= row) this.#rows.push('');
  }
}
