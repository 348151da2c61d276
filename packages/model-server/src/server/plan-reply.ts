import type { Answer } from '../answer/answer.ts';
import { answerErrand, answerStep, isErrand } from '../answer/make-answer.ts';
import { writeError, type WrittenError } from '../answer/write-error.ts';
import type { ModelRequest } from '../request/model-request.ts';
import { findScenario, type KnownScenarios } from '../scenario/find-scenario.ts';
import { currentTurn, dueStep } from '../scenario/position.ts';
import type { FaultStep, Step, TokenCounts } from '../scenario/step.ts';
import type { LoggedRequest } from './request-log.ts';

/** What is sent back. */
export type Reply =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly delayMs: number }
  | { readonly kind: 'error'; readonly error: WrittenError }
  | { readonly kind: 'fault'; readonly fault: FaultStep['kind'] };

export interface PlannedReply {
  readonly reply: Reply;
  readonly log: Pick<LoggedRequest, 'kind' | 'prompt' | 'laterTexts' | 'results' | 'step' | 'problem'>;
}

export interface ReplyRules extends KnownScenarios {
  readonly usage: TokenCounts;
  /** How often a step of a turn has gone wrong so far. The only thing that the request itself does not tell. */
  readonly played: Map<string, number>;
}

/** What a request is answered with. Counts in `rules.played` when a step goes wrong. */
export function planReply(request: ModelRequest, rules: ReplyRules): PlannedReply {
  const turn = currentTurn(request.items);
  const log = {
    prompt: turn.prompt,
    laterTexts: turn.after.flatMap((item) => (item.kind === 'user-text' ? [item.text] : [])),
    results: turn.after.flatMap((item) => (item.kind === 'result' ? [item.text] : [])),
    problem: null,
  };
  if (isErrand(request)) {
    const reply = { kind: 'answer', answer: answerErrand(request, rules.usage), delayMs: 0 } as const;
    return { reply, log: { ...log, kind: 'errand', step: null } };
  }
  try {
    const scenario = findScenario(turn, request, rules);
    const keyOf = (index: number): string => `${turn.start} ${index} ${turn.prompt}`;
    const due = dueStep(scenario, turn.after, (index) => rules.played.get(keyOf(index)) ?? 0);
    const step = scenario[due];
    const reply = playStep(step, request, rules.usage);
    if (reply.kind !== 'answer') rules.played.set(keyOf(due), (rules.played.get(keyOf(due)) ?? 0) + 1);
    return { reply, log: { ...log, kind: 'model', step: step?.kind ?? null } };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    const refusal = writeError(request.protocol, { status: 400, message: problem });
    return { reply: { kind: 'error', error: refusal }, log: { ...log, kind: 'model', step: null, problem } };
  }
}

function playStep(step: Step | undefined, request: ModelRequest, usage: TokenCounts): Reply {
  if (step?.kind === 'error') return { kind: 'error', error: writeError(request.protocol, step) };
  if (step !== undefined && isFault(step)) return { kind: 'fault', fault: step.kind };
  return { kind: 'answer', answer: answerStep(step, request, usage), delayMs: step?.delayMs ?? 0 };
}

function isFault(step: Step): step is FaultStep {
  return ['hang', 'silence', 'cut', 'refuse'].includes(step.kind);
}
