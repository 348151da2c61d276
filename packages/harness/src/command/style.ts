type Paint = (text: string) => string;

export interface Style {
  readonly green: Paint;
  readonly red: Paint;
  readonly yellow: Paint;
  readonly dim: Paint;
  readonly bold: Paint;
}

/** Colours for a terminal, or none. */
export function createStyle(colour: boolean): Style {
  const paint =
    (code: number): Paint =>
    (text) =>
      colour ? `\u001B[${code}m${text}\u001B[0m` : text;
  return { green: paint(32), red: paint(31), yellow: paint(33), dim: paint(2), bold: paint(1) };
}
