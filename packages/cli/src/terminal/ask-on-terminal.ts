import { createInterface } from 'node:readline';

/** One line from the terminal; null at the end of input and on Ctrl-C. The question goes to stderr, beside the output. */
export function askOnTerminal(question: string): Promise<string | null> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    lines.once('close', () => {
      resolve(null);
    });
    lines.question(question, (answer) => {
      resolve(answer.trim());
      lines.close();
    });
  });
}
