import { clock, count } from '../output/amounts.ts';
import { plain } from '../output/plain.ts';

/** Longer texts are cut; `--json` has them whole. */
const MAX_TEXT = 80;

export interface FactOptions {
  /** What the tasks of the run are called, by their ids. */
  readonly taskNames?: ReadonlyMap<string, string>;
  readonly maxText?: number;
}

type Data = Readonly<Record<string, unknown>>;

/** What an event or a request says, as `name=value`: the long parts are left out, and what is not there too. */
export function facts(data: Data, { taskNames = new Map(), maxText = MAX_TEXT }: FactOptions = {}): string[] {
  return Object.entries(named(data, taskNames)).flatMap(([name, value]) => {
    if (isList(value))
      return listFact(name, value, taskNames).map((text) => cut(text, maxText + name.length));
    const text = factText(name, value);
    return text === null || text === '' ? [] : [`${name}=${cut(text, maxText)}`];
  });
}

/** A task by its name where that is known, and of an edit which fields it changed. */
function named({ taskId, ...others }: Data, taskNames: ReadonlyMap<string, string>): Data {
  const name = typeof taskId === 'string' ? taskNames.get(taskId) : undefined;
  const rest = editedFields(others);
  return name === undefined ? { taskId, ...rest } : { task: name, ...rest };
}

function editedFields({ changes, edit, ...others }: Data): Data {
  const fields = changes ?? edit;
  if (!isData(fields)) return others;
  // What it depends on now is many ids, and is said only as a name here.
  const { dependsOn: _, ...rest } = others;
  return { ...rest, changed: Object.keys(fields) };
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Short values themselves; of anything else how many there are, and what the first says. */
function listFact(
  name: string,
  list: readonly unknown[],
  taskNames: ReadonlyMap<string, string>,
): readonly string[] {
  const [first] = list;
  if (first === undefined) return [];
  if (!isData(first)) return [`${name}=${list.map((one) => plain(String(one))).join(',')}`];
  const amount = name.endsWith('s') ? count(list.length, name.slice(0, -1)) : `${name}=${list.length}`;
  const taskId = first['taskId'];
  const task = typeof taskId === 'string' ? (taskNames.get(taskId) ?? taskId) : null;
  return [[amount, task, words(first)].filter((part) => part !== null && part !== '').join(': ')];
}

function factText(name: string, value: unknown): string | null {
  if (typeof value === 'string') return plain(value);
  if (typeof value === 'number') return isTime(name, value) ? clock(value) : String(value);
  if (typeof value === 'boolean') return String(value);
  return isData(value) ? words(value) : null;
}

/** What something made of parts says by itself: `crash: exit code 1`; empty when nothing of it is meant to be read. */
function words(data: Data): string {
  const kind = text(data, 'kind') ?? text(data, 'preset');
  const message = text(data, 'message') ?? text(data, 'reason') ?? text(data, 'summary');
  const tasks = isList(data['tasks']) ? count(data['tasks'].length, 'task') : null;
  return [kind, message, tasks].filter((part) => part !== null).join(': ');
}

function text(data: Data, name: string): string | null {
  const value = data[name];
  return typeof value === 'string' ? plain(value) : null;
}

function isTime(name: string, value: number): boolean {
  return (name === 'until' || name.endsWith('At')) && value > 0;
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !isList(value);
}

function cut(value: string, length: number): string {
  return value.length <= length ? value : value.slice(0, length);
}
