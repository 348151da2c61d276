/** What a command touches of its process. Tests give their own. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  readonly home: string;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Whether a person can answer questions. */
  readonly canAsk: boolean;
  /** Asks one line; null when the person gives none (end of input, Ctrl-C), or the signal aborts. */
  readonly ask: (question: string, signal?: AbortSignal) => Promise<string | null>;
  /** Calls back when a person types a line that nobody asked for; returns how to stop listening. */
  readonly onTyped: (listener: () => void) => () => void;
  /** Listens for Ctrl-C and SIGTERM instead of ending the process; returns how to stop listening. */
  readonly onInterrupt: (listener: () => void) => () => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface OutputStream {
  readonly write: (text: string) => void;
  readonly isTTY: boolean;
  /** Undefined where it is no terminal. */
  readonly columns: number | undefined;
  readonly rows: number | undefined;
  /** Calls back when the terminal changes its size; returns how to stop listening. */
  readonly onResize: (listener: () => void) => () => void;
}
