import type { RunCommand } from '../command.ts';
import { decide } from '../decide/decide.ts';
import type { RunState } from '../state.ts';

/** What a command in one kind of state came to, over all the states of that kind. */
export interface Cell {
  readonly events: Set<string>;
  readonly refusals: Set<string>;
  /** Whether it was accepted once although there was nothing left to change. */
  isIdle: boolean;
}

/** One table: kinds of states down, commands across. */
export interface Table {
  readonly title: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly cells: ReadonlyMap<string, Cell>;
}

/** Fills the cells of one table by asking `decide`. */
export class TableBuilder implements Table {
  readonly title: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly cells = new Map<string, Cell>();

  constructor(title: string, rows: readonly string[], columns: readonly string[]) {
    this.title = title;
    this.rows = rows;
    this.columns = columns;
  }

  /**
   * What the command comes to in the state goes into the cell.
   *
   * @throws Error when the table has no such row or column, or when a refusal does not say what a refusal must
   */
  ask(row: string, column: string, state: RunState, command: RunCommand): void {
    if (!this.rows.includes(row)) throw new Error(`${this.title}: no row ${row}`);
    if (!this.columns.includes(column)) throw new Error(`${this.title}: no column ${column}`);
    const cell = this.#cellOf(row, column);
    const decision = decide(state, command, NOW);
    if (decision.ok) {
      for (const { type } of decision.events) cell.events.add(type);
      if (decision.events.length === 0) cell.isIdle = true;
      return;
    }
    const { code, message } = decision.rejection;
    if (!/^[a-z]+(?:_[a-z]+)*$/.test(code) || message === '')
      throw new Error(`${this.title}: ${row}, ${column}: a refusal without a code or a reason`);
    cell.refusals.add(code);
  }

  #cellOf(row: string, column: string): Cell {
    const key = cellKey(row, column);
    const cell = this.cells.get(key) ?? { events: new Set(), refusals: new Set(), isIdle: false };
    this.cells.set(key, cell);
    return cell;
  }
}

/** Later than anything that happens in the runs. */
const NOW = 9_000_000_000;

export function cellKey(row: string, column: string): string {
  return `${row} × ${column}`;
}
