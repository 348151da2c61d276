import type { MessageView } from '@tina/contract';

/** A message as an agent reads it: who wrote it, and what. */
export function messageLines({ id, from, text, answers }: MessageView): string[] {
  const who = from === null ? 'a person' : `agent ${from}`;
  const about = answers === null ? '' : `, the answer to ${answers}`;
  return [`[${id} from ${who}${about}]`, text, ''];
}
