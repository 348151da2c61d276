import { parseArgs } from 'node:util';
import type { CrashPlayOptions } from './crash-play.ts';
import { type Point, SIDES, type Side } from './point.ts';
import { DISASTER_KINDS } from './disaster/play-disasters.ts';
import { VICTIMS, type Victim } from './victim.ts';

export const HELP = `npm run crashes -- [--points all|N]     every transaction of the run, or so many, evenly spread (all)
                   [--victims a,b]      of: ${VICTIMS.join(', ')} (all of them)
                   [--sides a,b]        of: ${SIDES.join(', ')} the commit (before, after)
                   [--parallel N]       plays at a time (2)
                   [--chain N]          points in one play, as far apart as they can be (4)
                   [--left-to-hosts]    no command starts a daemon after the last kill of a play, while a host is there
                   [--json]             the whole report instead of a table
npm run crashes -- --play <play>        one play again, as a failure names it
npm run crashes -- --disasters all|a,b   what befalls a run beside crashes: ${DISASTER_KINDS.join(', ')}, or single ones by name
`;

export interface MatrixChoice {
  readonly kind: 'matrix';
  /** Of each victim and side; null: all. */
  readonly points: number | null;
  readonly victims: readonly Victim[];
  readonly sides: readonly Side[];
  readonly parallel: number;
  readonly chain: number;
  /** Null: in some plays. */
  readonly leavesLast: boolean | null;
  readonly json: boolean;
}

export interface DisasterChoice {
  readonly kind: 'disasters';
  readonly wanted: readonly string[];
  readonly parallel: number;
  /** Of those at commits so many of each side; null: all. */
  readonly points: number | null;
}

export type Choice =
  | MatrixChoice
  | { readonly kind: 'help' }
  | DisasterChoice
  | { readonly kind: 'play'; readonly points: readonly Point[]; readonly play: CrashPlayOptions };

/** @throws RangeError for what is no such option; what `parseArgs` throws */
export function readOptions(args: readonly string[]): Choice {
  const { values } = parseArgs({
    args: [...args],
    options: {
      points: { type: 'string', default: 'all' },
      victims: { type: 'string', default: VICTIMS.join(',') },
      sides: { type: 'string', default: 'before,after' },
      parallel: { type: 'string', default: '2' },
      chain: { type: 'string', default: '4' },
      'left-to-hosts': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      play: { type: 'string' },
      disasters: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { kind: 'help' };
  if (values.play !== undefined) return readPlay(values.play);
  const points = values.points === 'all' ? null : numberIn(values.points, '--points');
  if (values.disasters !== undefined)
    return {
      kind: 'disasters',
      wanted: values.disasters.split(','),
      parallel: numberIn(values.parallel, '--parallel'),
      points,
    };
  return {
    kind: 'matrix',
    points,
    victims: listIn(values.victims, VICTIMS, '--victims'),
    sides: listIn(values.sides, SIDES, '--sides'),
    parallel: numberIn(values.parallel, '--parallel'),
    chain: numberIn(values.chain, '--chain'),
    leavesLast: values['left-to-hosts'] ? true : null,
    json: values.json,
  };
}

/** As `playText` writes it. */
function readPlay(text: string): Choice {
  const [victims = '', sides = '', events = '', turn = '0', host] = text.split(':');
  const [victim] = listIn(victims, VICTIMS, '--play');
  const [side] = listIn(sides, SIDES, '--play');
  if (victim === undefined || side === undefined) throw new RangeError(`--play "${text}" names no play.`);
  return {
    kind: 'play',
    points: events.split(',').map((event) => ({ victim, side, event: numberIn(event, '--play') })),
    play: { turn: Number(turn) || 0, leavesLast: host === 'host' },
  };
}

function listIn<T extends string>(text: string, known: readonly T[], option: string): readonly T[] {
  return text.split(',').map((name) => {
    const found = known.find((one) => one === name);
    if (found === undefined) throw new RangeError(`${option} knows ${known.join(', ')}, not "${name}".`);
    return found;
  });
}

function numberIn(text: string, option: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1 && value <= 100_000) return value;
  throw new RangeError(`${option} must be a whole number from 1 to 100000, not "${text}".`);
}
