import type { ProcessEnd } from './agent-process.ts';

/** How a process ended and what it lacked, for a person, with the end of what it wrote to stderr. */
export function describeEnd(end: ProcessEnd, lacked: string | null, stderr: string): string {
  if (end.startProblem !== null) return end.startProblem;
  const how = end.signal === null ? `with exit code ${end.exitCode}` : `by ${end.signal}`;
  const what = `The agent ended ${how}${lacked === null ? '' : ` without ${lacked}`}`;
  const said = stderr.trim();
  return said === '' ? `${what}.` : `${what}:\n${said}`;
}
