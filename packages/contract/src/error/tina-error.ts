/** Where a mistake stands. */
export interface ErrorPlace {
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  /** A path into a document, such as `checks[0].command`. */
  readonly field: string | null;
}

/** What crosses a process boundary when something is refused, and what `--json` prints. */
export interface ErrorData {
  /** Stable, in snake_case. */
  readonly code: string;
  /** What happened, for a person. */
  readonly message: string;
  readonly place: ErrorPlace | null;
  /** Single findings, one a line, when there are several. */
  readonly details: readonly string[];
  /** What to type next. */
  readonly next: readonly string[];
}

export interface ErrorParameters {
  readonly code: string;
  readonly message: string;
  readonly place?: Partial<ErrorPlace>;
  readonly details?: readonly string[];
  readonly next?: readonly string[];
  readonly cause?: unknown;
}

/** The base of every error that a caller can tell apart; `code` is what to compare, never the message. */
export class TinaError extends Error {
  readonly code: string;
  readonly place: ErrorPlace | null;
  readonly details: readonly string[];
  readonly next: readonly string[];

  constructor(parameters: ErrorParameters) {
    super(parameters.message, parameters.cause === undefined ? undefined : { cause: parameters.cause });
    this.name = new.target.name;
    this.code = parameters.code;
    this.place = parameters.place
      ? { file: null, line: null, column: null, field: null, ...parameters.place }
      : null;
    this.details = parameters.details ?? [];
    this.next = parameters.next ?? [];
  }

  toData(): ErrorData {
    const { code, message, place, details, next } = this;
    return { code, message, place, details, next };
  }

  static fromData(data: ErrorData): TinaError {
    const { place, ...rest } = data;
    return new TinaError(place ? { ...rest, place } : rest);
  }
}

/** The request itself is wrong: unknown option, missing argument, value of the wrong form. Exit code 2. */
export class UsageError extends TinaError {}

/** The daemon does not answer, or not in time. */
export class UnreachableError extends TinaError {}
