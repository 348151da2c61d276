import type { Launch } from '@tina/contract';

/** The first lines of an attempt's transcript: who works on what, and where. */
export function renderHeader(launch: Launch, agentVersion: string): string {
  const { subject, role, agentName, model, worktree, branch, attemptId } = launch;
  const agent = [agentName, agentVersion, model ?? 'its own model'].filter((part) => part !== '').join(', ');
  const rows = [
    ['feature', subject.feature],
    ['task', `${subject.taskName}, attempt ${subject.attempt}`],
    ['role', role],
    ['agent', agent],
    ['attempt', attemptId],
    ['worktree', worktree],
    ['branch', branch],
  ];
  return `${rows.map(([name, value]) => `${name?.padEnd(9)} ${value}`).join('\n')}\n\n`;
}

/** How to leave a session that one looks into; empty when there is none. */
export function attachHint({ session }: Launch): string {
  return session === null ? '' : 'Only to look at: keys typed here go nowhere. Detach with Ctrl-b d.\n\n';
}
