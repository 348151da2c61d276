import { z } from 'zod';

/** Whether, and how, agents run under bubblewrap. */
export const sandboxSchema = z
  .strictObject({
    enabled: z.boolean().optional().describe('Run the agent under bubblewrap; default: false'),
    network: z
      .boolean()
      .optional()
      .describe(
        'The agent reaches the network; without it, none that asks a service can work; default: true',
      ),
    writable: z
      .array(z.string().min(1))
      .optional()
      .describe('Folders that the agent may write to besides those of its work; ~ is the home folder'),
  })
  .describe('Run agents under bubblewrap (Linux): what is not theirs, they can only read');
