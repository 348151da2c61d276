import { homedir } from 'node:os';
import type { CliIo, OutputStream } from './io.ts';

/** The real process. */
export function processIo(): CliIo {
  return {
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    stdout: outputStream(process.stdout),
    stderr: outputStream(process.stderr),
    canAsk: process.stdin.isTTY && process.stderr.isTTY,
    ask: async (question) => {
      const { askOnTerminal } = await import('./ask-on-terminal.ts');
      return askOnTerminal(question);
    },
    onInterrupt: (listener) => {
      process.on('SIGINT', listener);
      return () => process.off('SIGINT', listener);
    },
    now: Date.now,
  };
}

function outputStream(stream: NodeJS.WriteStream): OutputStream {
  // A reader that went away, as in `tina events | head`, ends the program quietly.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY,
    get columns() {
      return stream.isTTY ? stream.columns : undefined;
    },
    get rows() {
      return stream.isTTY ? stream.rows : undefined;
    },
    onResize: (listener) => {
      stream.on('resize', listener);
      return () => stream.off('resize', listener);
    },
  };
}
