import type { AgentCapabilities } from '../adapter/agent-adapter.ts';

interface Turn {
  readonly turn: number;
  /** What Tina says: the prompt, or what it sends back. */
  readonly said: string;
  /** The prompt of turn 1. */
  readonly prompt: string;
  readonly capabilities: AgentCapabilities;
}

/** What an agent gets as its turn. A new process that knows nothing of the turns before is told its task again. */
export function messageOfTurn({ turn, said, prompt, capabilities }: Turn): string {
  if (turn === 1 || capabilities.turnsInOneProcess || capabilities.resume) return said;
  return `${prompt.trimEnd()}\n\n# What Tina sent back\n\n${said}`;
}
