import { MAX_MESSAGE_BYTES } from '@tina/domain';
import { z } from 'zod';

const encoder = new TextEncoder();

/** What somebody says to an agent, or an agent to somebody: some text, and not too much of it. */
export const messageText = z
  .string()
  .min(1, 'must not be empty')
  .refine((text) => encoder.encode(text).length <= MAX_MESSAGE_BYTES, {
    message: `must have at most ${MAX_MESSAGE_BYTES / 1024} KiB; put more into a file, and say where it is`,
  });
