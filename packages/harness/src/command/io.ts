/** What the commands of the harness touch of their process. */
export interface HarnessIo {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  /** Progress and errors. */
  readonly err: (text: string) => void;
  readonly colour: boolean;
  readonly signal: AbortSignal;
}

export interface HarnessOptions {
  readonly json: boolean;
  /** Tina's state folder: results are kept below it. */
  readonly stateDir: string;
  /** The user's configuration file, which need not exist. */
  readonly userConfigPath: string;
}

export function printJson({ out }: Pick<HarnessIo, 'out'>, value: unknown): void {
  out(`${JSON.stringify(value)}\n`);
}
