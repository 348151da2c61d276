import type { HomePaths } from '../../home/paths.ts';
import { count, dateAndTime, elapsed } from '../../output/amounts.ts';
import type { StoreLook } from '../../service/look-into-store.ts';
import { notOk, ok, type Examination } from '../examination.ts';

/** Two machines that keep the time differ by less; more is a clock that was set. */
const CLOCK_LIMIT_MS = 60_000;

/** Whether the database can be used, by this version, and whether the clock fits what it holds. */
export function examineStore(look: StoreLook, paths: HomePaths, now: number): Examination[] {
  if (look.kind === 'none') return [ok('database', 'none yet; the first run makes it')];
  if (look.kind === 'problem') return [notOk('missing', 'database', look.message, look.next)];
  const { schemaVersion, damage, newestEventAt, activeRuns } = look.store;
  const version = String(schemaVersion);
  if (damage.length > 0) {
    const next = [
      'tina daemon stop',
      `put a copy of ${paths.databasePath} from before in its place`,
      `or start anew: mv ${paths.databasePath} ${paths.databasePath}.damaged`,
    ];
    const details = damage.slice(0, MOST_DETAILS);
    return [notOk('missing', 'database', `${paths.databasePath} is damaged`, next, { version, details })];
  }
  const found = `${paths.databasePath}, ${count(activeRuns.length, 'active run')}`;
  return [ok('database', found, version), ...examineClock(newestEventAt, now)];
}

const MOST_DETAILS = 10;

/** Timers and leases go by the clock: one that went back lets them wait. */
function examineClock(newestEventAt: number | null, now: number): Examination[] {
  if (newestEventAt === null || newestEventAt - now <= CLOCK_LIMIT_MS) return [];
  const ahead = elapsed(newestEventAt - now);
  const found = `it is ${dateAndTime(now)}, and the newest event is of ${dateAndTime(newestEventAt)}, ${ahead} later`;
  return [
    notOk('warning', 'clock', found, [
      'date, and set it right when it is wrong; what waits for a time waits until then',
      'timedatectl status',
    ]),
  ];
}
