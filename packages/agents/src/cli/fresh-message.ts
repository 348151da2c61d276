import type { Launch } from '@tina/contract';

/** What begins a conversation anew in the middle of an attempt: the task again, and behind it what is said now. */
export function freshMessage({ prompt }: Launch, message: string): string {
  return message === prompt ? message : `${prompt.trimEnd()}\n\n# What Tina sent back\n\n${message}`;
}
