import type { ConversationItem } from '../request/model-request.ts';
import type { Scenario, Step } from './step.ts';
import { FLOOD_START } from '../answer/flood.ts';
import { readMarker } from './read-marker.ts';

/** The turn that a request is part of. */
export interface Turn {
  /** The user's text that began it; empty when the conversation holds none. */
  readonly prompt: string;
  /** Where that text stands in the conversation. */
  readonly start: number;
  /** What came after it. */
  readonly after: readonly ConversationItem[];
}

/**
 * The turn begins with the last text that has a marker. Without any marker it begins with the last text of the user's
 * that follows a word of the model's: what comes behind a tool's result was said in the middle of a turn.
 */
export function currentTurn(items: readonly ConversationItem[]): Turn {
  const marked = items.findLastIndex((item) => item.kind === 'user-text' && hasMarker(item.text));
  const start = marked === -1 ? lastOpening(items) : marked;
  const item = items[start];
  return { prompt: item?.kind === 'user-text' ? item.text : '', start, after: items.slice(start + 1) };
}

function hasMarker(text: string): boolean {
  try {
    return readMarker(text) !== null;
  } catch {
    return true;
  }
}

/** The last text of the user's in the last group of texts that opens a turn. */
function lastOpening(items: readonly ConversationItem[]): number {
  let opening = -1;
  for (const [index, item] of items.entries()) {
    if (item.kind !== 'user-text') continue;
    const before = items[index - 1];
    const opens = before === undefined || before.kind === 'assistant-text';
    if (opens || (before.kind === 'user-text' && opening === index - 1)) opening = index;
  }
  return opening;
}

/**
 * The index of the step that is due. Calls are done when their results are there, a text when the user has answered it,
 * and what goes wrong `times` times when `timesPlayed` says so.
 */
export function dueStep(
  scenario: Scenario,
  after: readonly ConversationItem[],
  timesPlayed: (index: number) => number,
): number {
  let results = after.filter(({ kind }) => kind === 'result').length;
  let finals = after.filter((item, index) => isAnswered(item, after[index + 1]));
  for (const [index, step] of scenario.entries()) {
    switch (step.kind) {
      case 'text':
      case 'flood': {
        const said = finals.findIndex((item) => saysStep(item, step));
        if (said === -1) return index;
        finals = finals.slice(said + 1);
        break;
      }
      case 'error':
      case 'hang':
      case 'silence':
      case 'cut':
      case 'refuse':
        if (step.times === undefined || timesPlayed(index) < step.times) return index;
        break;
      case 'shell':
      case 'write':
      case 'tool':
      case 'mcp':
      case 'calls':
        if (results <= 0) return index;
        results -= step.kind === 'calls' ? step.calls.length : 1;
    }
  }
  return scenario.length;
}

/** A text of the model's, and then one of the user's. An agent CLI may put one of its own between a text and its call. */
function isAnswered(item: ConversationItem, next: ConversationItem | undefined): boolean {
  return item.kind === 'assistant-text' && next?.kind === 'user-text';
}

function saysStep(item: ConversationItem, step: Extract<Step, { kind: 'text' | 'flood' }>): boolean {
  if (item.kind !== 'assistant-text') return false;
  return step.kind === 'text' ? item.text.includes(step.text) : item.text.startsWith(FLOOD_START);
}
