import fs from 'node:fs';
import { PassThrough } from 'node:stream';
import tty from 'node:tty';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { askOnTerminal } from './ask-on-terminal.ts';
import { processIo } from './process-io.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('askOnTerminal', () => {
  it('gives the line without what surrounds it, and asks beside the output', async () => {
    const terminal = { input: new PassThrough(), output: new PassThrough() };
    const answer = askOnTerminal('Really? ', undefined, terminal);
    terminal.input.write('  yes \n');
    expect(await answer).toBe('yes');
    expect(String(terminal.output.read())).toBe('Really? ');
  });

  it('gives null when nobody wants to know any more', async () => {
    const stop = new AbortController();
    const terminal = { input: new PassThrough(), output: new PassThrough() };
    const answer = askOnTerminal('Really? ', stop.signal, terminal);
    stop.abort();
    expect(await answer).toBeNull();
    expect(await askOnTerminal('Really? ', stop.signal, terminal)).toBeNull();
  });

  it('gives null at the end of input', async () => {
    const terminal = { input: new PassThrough(), output: new PassThrough() };
    const answer = askOnTerminal('Really? ', undefined, terminal);
    terminal.input.end();
    expect(await answer).toBeNull();
  });
});

describe('processIo', () => {
  it('is the process it runs in', () => {
    const io = processIo();
    expect(io.cwd).toBe(process.cwd());
    expect(io.env).toBe(process.env);
    expect(io.home).toMatch(/^\//);
    expect(Math.abs(io.now() - Date.now())).toBeLessThan(10_000);
  });

  it('writes to the streams, without asking a file for its size', () => {
    const written: unknown[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(text) > 0);
    const io = processIo();
    io.stdout.write('hello');
    expect(written).toEqual(['hello']);
    const { isTTY, columns, rows } = io.stdout;
    const size = isTTY ? [process.stdout.columns, process.stdout.rows] : [undefined, undefined];
    expect([columns, rows]).toEqual(size);
    const stop = io.stdout.onResize(() => {});
    expect(process.stdout.listenerCount('resize')).toBeGreaterThan(0);
    stop();
  });

  it('ends quietly when the reader went away, and tells of other mistakes', () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation((() => {}) as never);
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    processIo().stdout.write('');
    const listener = process.stdout.listeners('error').at(-1) as (error: Error) => void;
    expect(() => listener(Object.assign(new Error('gone'), { code: 'EPIPE' }))).toThrow('gone');
    expect(exit).toHaveBeenCalledWith(0);
    process.stdout.off('error', listener);
  });

  it('knows the size of a terminal, and that somebody can be asked', () => {
    vi.spyOn(tty, 'isatty').mockReturnValue(true);
    const io = processIo();
    expect(io).toMatchObject({ canAsk: true, stdout: { isTTY: true }, stderr: { isTTY: true } });
    expect([io.stdout.columns, io.stdout.rows]).toEqual([process.stdout.columns, process.stdout.rows]);
  });

  it('goes on in a folder that was removed', () => {
    vi.spyOn(process, 'cwd').mockImplementation(() => {
      throw new Error('ENOENT: uv_cwd');
    });
    expect(processIo().cwd).toMatch(/^\//);
  });

  it('tells of lines that are typed, and reads nothing where nobody types', () => {
    const resume = vi.spyOn(process.stdin, 'resume').mockReturnValue(process.stdin);
    const pause = vi.spyOn(process.stdin, 'pause').mockReturnValue(process.stdin);
    const isatty = vi.spyOn(tty, 'isatty').mockReturnValue(false);
    const listener = vi.fn<() => void>();
    processIo().onTyped(listener)();
    isatty.mockReturnValue(true);
    // In the background of its terminal: group 8, where the terminal's is 7.
    const stat = vi.spyOn(fs, 'readFileSync').mockReturnValue('9 (tina ) x) S 1 8 7 34816 7 4194304');
    processIo().onTyped(listener)();
    stat.mockImplementation(() => {
      throw new Error('there is no /proc');
    });
    processIo().onTyped(listener)();
    expect(resume).not.toHaveBeenCalled();
    stat.mockReturnValue('9 (tina ) x) S 1 8 7 34816 8 4194304');
    const stop = processIo().onTyped(listener);
    process.stdin.emit('data', '\n');
    process.stdin.emit('error', new Error('EIO'));
    expect(listener).toHaveBeenCalledTimes(1);
    stop();
    expect(process.stdin.listeners('data')).not.toContain(listener);
    expect(pause).toHaveBeenCalled();
  });

  it('listens for Ctrl-C while it is asked to', () => {
    const before = process.listenerCount('SIGINT');
    const stop = processIo().onInterrupt(() => {});
    expect(process.listenerCount('SIGINT')).toBe(before + 1);
    stop();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
