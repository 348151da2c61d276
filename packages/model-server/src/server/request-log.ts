import type { Protocol } from '../request/model-request.ts';
import type { Step } from '../scenario/step.ts';

/** A request as it came in, and what was made of it. */
export interface LoggedRequest {
  /**
   * - `model`: a request for an answer.
   * - `errand`: one without tools, or for JSON: a title, a summary, a choice.
   * - `count`: tokens to be counted.
   * - `list`: the models there are.
   * - `other`: anything else; it is answered with 404.
   */
  readonly kind: 'model' | 'errand' | 'count' | 'list' | 'other';
  /** Method and path, without the query. */
  readonly request: string;
  readonly protocol: Protocol | null;
  /** The model that was asked for. */
  readonly model: string;
  /** The text of the user's that began the turn, byte for byte. */
  readonly prompt: string;
  /** All texts of the user's since then, what the agent CLI added among them. */
  readonly laterTexts: readonly string[];
  /** Results of tools since then. */
  readonly results: readonly string[];
  /** Names of the tools offered, with namespace where there is one. */
  readonly tools: readonly string[];
  /** The kind of step that was played; null when the scenario was over or there was none. */
  readonly step: Step['kind'] | null;
  /** What the server could not understand: an unknown scenario, a step that does not fit. */
  readonly problem: string | null;
}

/** The requests so far, for assertions. */
export interface RequestLog {
  readonly add: (request: LoggedRequest) => void;
  readonly all: () => readonly LoggedRequest[];
  /** Requests for an answer, errands left out. */
  readonly answers: () => readonly LoggedRequest[];
  /** Resolves with the first request that fits, also one that is still to come. */
  readonly until: (fits: (request: LoggedRequest) => boolean) => Promise<LoggedRequest>;
}

export function requestLog(): RequestLog {
  const requests: LoggedRequest[] = [];
  const waiting = new Set<(request: LoggedRequest) => void>();
  return {
    add: (request) => {
      requests.push(request);
      for (const tell of waiting) tell(request);
    },
    all: () => requests,
    answers: () => requests.filter(({ kind }) => kind === 'model'),
    until: (fits) => {
      const there = requests.find(fits);
      if (there !== undefined) return Promise.resolve(there);
      return new Promise((resolve) => {
        const tell = (request: LoggedRequest): void => {
          if (!fits(request)) return;
          waiting.delete(tell);
          resolve(request);
        };
        waiting.add(tell);
      });
    },
  };
}
