import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Screen } from '../testing/screen.test-support.ts';
import { NOW } from '../testing/time.test-support.ts';
import { makePhaseTasks, makeRun } from '../testing/views.test-support.ts';
import type { CliIo } from '../terminal/io.ts';
import { createLivePresenter } from './live-presenter.ts';

let written: string;
let resized: Set<() => void>;
let typed: Set<() => void>;
let size: { columns: number; rows: number };

beforeEach(() => {
  vi.useFakeTimers();
  written = '';
  resized = new Set();
  typed = new Set();
  size = { columns: 60, rows: 24 };
});

afterEach(() => {
  vi.useRealTimers();
});

function io(): CliIo {
  const stdout = {
    write: (text: string) => {
      written += text;
    },
    isTTY: true,
    get columns() {
      return size.columns;
    },
    get rows() {
      return size.rows;
    },
    onResize: (listener: () => void) => {
      resized.add(listener);
      return () => resized.delete(listener);
    },
  };
  const onTyped = (listener: () => void) => {
    typed.add(listener);
    return () => typed.delete(listener);
  };
  return { env: { NO_COLOR: '1', LANG: 'C.UTF-8' }, stdout, onTyped, now: () => NOW } as unknown as CliIo;
}

function shown(): string {
  const screen = new Screen(size.columns);
  screen.write(written);
  return screen.text;
}

const view = makeRun({
  phases: [{ number: '1', title: null, remediates: null, startCommit: null, endCommit: null }],
  tasks: makePhaseTasks('1', { plan: { status: 'in_progress', step: 'checks', waitsFor: 'job' } }),
});

describe('the live tree', () => {
  it('draws ten times a second, whatever comes between', () => {
    const presenter = createLivePresenter(io());
    presenter.show(view);
    presenter.show({ ...view, status: 'planning' });
    expect(written).toBe('');
    vi.advanceTimersByTime(100);
    expect(shown()).toContain('rate-limits  planning');
    const first = written.length;
    vi.advanceTimersByTime(100);
    // Only the lines that turn are written again.
    expect(written.slice(first)).toMatch(/⠹/);
    expect(written.slice(first)).not.toContain('rate-limits');
    presenter.close();
  });

  it('leaves the screen to a question and takes it back', () => {
    const presenter = createLivePresenter(io());
    presenter.show(view);
    presenter.release();
    expect(written.endsWith('\u001B[?25h')).toBe(true);
    written += 'a question? yes\r\n';
    vi.advanceTimersByTime(500);
    expect(shown()).toMatch(/question\? yes$/);
    presenter.show(view);
    vi.advanceTimersByTime(100);
    expect(shown().match(/rate-limits {2}executing/g)).toHaveLength(2);
    presenter.close();
    expect(resized.size).toBe(0);
    vi.advanceTimersByTime(500);
  });

  it('shows a note below the tree, until the next view', () => {
    const presenter = createLivePresenter(io());
    presenter.note('the daemon went away');
    vi.advanceTimersByTime(100);
    expect(shown()).toBe('the daemon went away');
    presenter.show(view);
    presenter.note('it went away again');
    vi.advanceTimersByTime(100);
    expect(shown()).toMatch(/finalize|review[^]*it went away again$/);
    presenter.show(view);
    vi.advanceTimersByTime(100);
    expect(shown()).not.toContain('went away');
    presenter.close();
  });

  it('draws nothing before there is something, and nothing after it was closed', () => {
    const presenter = createLivePresenter(io());
    presenter.close();
    expect(written).toBe('');
  });

  it('is drawn on an empty screen after somebody pressed Enter', () => {
    const presenter = createLivePresenter(io());
    presenter.show(view);
    vi.advanceTimersByTime(100);
    written += '\r\n\r\n';
    for (const listener of typed) listener();
    vi.advanceTimersByTime(100);
    expect(shown().match(/rate-limits {2}executing/g)).toHaveLength(1);
    presenter.release();
    expect(typed.size).toBe(0);
    presenter.close();
  });

  it('fits a terminal that changes its size', () => {
    const presenter = createLivePresenter(io());
    presenter.show(view);
    vi.advanceTimersByTime(100);
    size = { columns: 40, rows: 6 };
    for (const listener of resized) listener();
    const screen = new Screen(40);
    screen.write(written);
    expect(screen.text.split('\n').length).toBeLessThanOrEqual(6);
    expect(screen.text).toContain('more lines: tina status r1');
    presenter.close();
  });
});
