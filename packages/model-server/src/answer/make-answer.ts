import type { ModelRequest } from '../request/model-request.ts';
import type { CallStep, Step, TokenCounts } from '../scenario/step.ts';
import type { Answer, ToolCall } from './answer.ts';
import { fitCall } from './find-tool.ts';
import { floodOf } from './flood.ts';

/** What every answer costs unless a step or the server's maker says otherwise. */
export const USUAL_USAGE: TokenCounts = {
  inputTokens: 100,
  outputTokens: 10,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
};

/** Said when a scenario is over, and to a request that names none. */
export const AFTERWORD = 'There is nothing more to do.';

const TITLE = 'A stand-in model';
/** Fits what agent CLIs ask for as JSON: a title, who speaks next, which model to route to. */
const JSON_ANSWER = JSON.stringify({
  title: TITLE,
  reasoning: 'none',
  next_speaker: 'user',
  model_choice: 'flash',
});

type AnsweringStep = Exclude<Step, { kind: 'error' | 'hang' | 'silence' | 'cut' | 'refuse' }>;

/** A request without tools, or for JSON, is none of the agent's own work: a title, a summary, a choice. */
export function isErrand(request: ModelRequest): boolean {
  return request.tools.length === 0 || request.wantsJson;
}

export function answerErrand(request: ModelRequest, usage: TokenCounts): Answer {
  const text = request.wantsJson ? JSON_ANSWER : TITLE;
  return { model: request.model, text, calls: [], usage };
}

/** The answer to a step; the afterword when there is no step left. */
export function answerStep(
  step: AnsweringStep | undefined,
  request: ModelRequest,
  usual: TokenCounts,
): Answer {
  const usage = { ...usual, ...step?.usage };
  const answer = { model: request.model, calls: [], usage };
  if (step === undefined) return { ...answer, text: AFTERWORD };
  switch (step.kind) {
    case 'text':
      return { ...answer, text: step.text };
    case 'flood':
      return { ...answer, text: floodOf(step.bytes) };
    case 'shell':
    case 'write':
    case 'tool':
    case 'mcp':
    case 'calls': {
      const steps = step.kind === 'calls' ? step.calls : [step];
      return answerCalls(steps, step.say ?? '', request, usage);
    }
  }
}

function answerCalls(
  steps: readonly CallStep[],
  say: string,
  request: ModelRequest,
  usage: TokenCounts,
): Answer {
  const before = request.items.filter(({ kind }) => kind === 'call').length;
  const calls: ToolCall[] = [];
  for (const [index, step] of steps.entries()) {
    const fitted = fitCall(step, request);
    if (fitted === null) {
      const offered = request.tools.map(({ name }) => name).join(', ');
      return { model: request.model, calls: [], usage, text: `No tool for "${step.kind}" among: ${offered}` };
    }
    calls.push({ ...fitted, id: `call_${before + index + 1}` });
  }
  return { model: request.model, text: say, calls, usage };
}
