import { createInterface } from 'node:readline';

interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** One line from the terminal; null at the end of input, on Ctrl-C and when the signal aborts. The question goes to stderr, beside the output. */
export function askOnTerminal(
  question: string,
  signal?: AbortSignal,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<string | null> {
  if (signal?.aborted === true) return Promise.resolve(null);
  const lines = createInterface({ input, output });
  return new Promise((resolve) => {
    const close = (): void => lines.close();
    lines.once('SIGINT', close);
    signal?.addEventListener('abort', close, { once: true });
    lines.once('close', () => {
      signal?.removeEventListener('abort', close);
      resolve(null);
    });
    lines.question(question, (answer) => {
      resolve(answer.trim());
      lines.close();
    });
  });
}
