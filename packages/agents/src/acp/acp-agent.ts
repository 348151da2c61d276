import { type Fields, fieldsOf, listOf, textOf } from '../cli/json-fields.ts';
import type { UsageScope } from './acp-usage.ts';

/** What an agent says of itself in answer to `initialize`. */
export interface AcpAgent {
  /** Empty when it does not say. */
  readonly name: string;
  readonly version: string | null;
  readonly canLoad: boolean;
  /** The ways to log in that it offers, in its own words. */
  readonly logins: readonly string[];
  /** What its numbers count. */
  readonly usage: UsageScope;
  /** It tells what a turn has used whenever its model has answered. */
  readonly tellsUsage: boolean;
}

interface Habit {
  readonly usage: UsageScope;
  readonly tellsUsage: boolean;
}

/** What agents were seen to do; of any other, that it counts turns. */
const HABITS: Readonly<Record<string, Habit>> = {
  copilot: { usage: 'session', tellsUsage: true },
  opencode: { usage: 'request', tellsUsage: true },
  goose: { usage: 'request', tellsUsage: true },
};
const USUAL: Habit = { usage: 'turn', tellsUsage: false };

/** @param answer the result of `initialize` */
export function readAgent(answer: Fields, configured: UsageScope | null): AcpAgent {
  const info = fieldsOf(answer['agentInfo']);
  const methods = listOf(answer['authMethods']).map(fieldsOf);
  const logins = methods.map((method) => textOf(method['description']) ?? textOf(method['name']) ?? '');
  // Goose does not give its name.
  const isGoose = methods.some((method) => method['id'] === 'goose-provider');
  const name = textOf(info['name']) ?? (isGoose ? 'goose' : '');
  const key = name.toLowerCase();
  const habit = Object.hasOwn(HABITS, key) ? (HABITS[key] ?? USUAL) : USUAL;
  return {
    name,
    version: textOf(info['version']),
    canLoad: fieldsOf(answer['agentCapabilities'])['loadSession'] === true,
    logins: logins.filter((login) => login !== ''),
    usage: configured ?? habit.usage,
    tellsUsage: habit.tellsUsage || configured !== null,
  };
}
