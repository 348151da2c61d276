import type { CliIo, OutputStream } from './io.ts';

/** Ctrl-C, and being told to end: the terminal is left in order either way. */
const INTERRUPTS = ['SIGINT', 'SIGTERM'] as const;

/** The real process. What a command does not use is not set up: each standard stream takes Node half a millisecond. */
export function processIo(): CliIo {
  const { isatty } = process.getBuiltinModule('node:tty');
  return {
    env: process.env,
    cwd: workingFolder(),
    get home() {
      return process.getBuiltinModule('node:os').homedir();
    },
    stdout: outputStream(() => process.stdout, isatty(1)),
    stderr: outputStream(() => process.stderr, isatty(2)),
    canAsk: isatty(0) && isatty(2),
    ask: async (question, signal) => {
      const { askOnTerminal } = await import('./ask-on-terminal.ts');
      return askOnTerminal(question, signal);
    },
    onTyped: (listener) => (isatty(0) && isInForeground() ? readLines(listener) : () => {}),
    onInterrupt: (listener) => {
      for (const signal of INTERRUPTS) process.on(signal, listener);
      return () => INTERRUPTS.forEach((signal) => process.off(signal, listener));
    },
    now: Date.now,
  };
}

function outputStream(open: () => NodeJS.WriteStream, isTTY: boolean): OutputStream {
  let opened: NodeJS.WriteStream | null = null;
  const stream = (): NodeJS.WriteStream => {
    opened ??= open().on('error', endWhenNobodyReads);
    return opened;
  };
  return {
    write: (text) => void stream().write(text),
    isTTY,
    get columns() {
      return isTTY ? stream().columns : undefined;
    },
    get rows() {
      return isTTY ? stream().rows : undefined;
    },
    onResize: (listener) => {
      stream().on('resize', listener);
      return () => stream().off('resize', listener);
    },
  };
}

/** Where that cannot be told, no: a program in the background that reads from the terminal is stopped by the kernel. */
function isInForeground(): boolean {
  try {
    const stat = process.getBuiltinModule('node:fs').readFileSync('/proc/self/stat', 'latin1');
    const [, , group, , , ofTerminal] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group === ofTerminal;
  } catch {
    return false;
  }
}

/** The terminal hands lines over; they are read, so that none answers a later question. */
function readLines(listener: () => void): () => void {
  const { stdin } = process;
  stdin.on('data', listener).on('error', ignore).resume();
  return () => void stdin.off('data', listener).off('error', ignore).pause();
}

/** A terminal that cannot be read says so, and nothing is lost. */
function ignore(): void {}

/** A reader that went away, as in `tina events | head`, ends the program quietly. */
function endWhenNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

/** A folder that was removed under one's feet has no name any more; many commands need none. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return process.env['PWD'] ?? '/';
  }
}
