import { ROLES, TAG } from '@tina/domain';
import { z } from 'zod';

const agent = z.string().min(1).describe('An agent, by its name under agents, or a built-in one');
const model = z.string().min(1).describe('A model, as the agent names it');

const rule = z
  .strictObject({ agent: agent.optional(), model: model.optional() })
  .refine(
    (one) => one.agent !== undefined || one.model !== undefined,
    'must name an agent, a model, or both',
  );

const PHASE = /^[1-9]\d*(\.5){0,2}$/;

export const rolesSchema = z
  .partialRecord(z.enum(ROLES), rule)
  .describe('Who does the work of each role, where neither a tag nor the phase says it');

export const routingSchema = z
  .strictObject({
    models: z
      .record(
        z.string().regex(/^[^*]+\*?$/, 'must be a model, or its beginning with one * at the end'),
        agent,
      )
      .optional()
      .describe('Agents by model: its whole name, or its beginning and *'),
    phases: z
      .record(z.string().regex(PHASE, 'must be the number of a phase, such as 2 or 1.5'), rule)
      .optional()
      .describe('Who does all work of a phase, its remediations too'),
    tags: z
      .record(z.string().regex(TAG, 'must be lower-case letters, digits and dashes'), rule)
      .optional()
      .describe('Who does the tasks to which their plan gives this tag'),
    fallback: z
      .array(z.strictObject({ agent, model: model.optional() }))
      .optional()
      .describe('Who takes over from whoever has met a limit; the first that has not met one itself'),
    reviewersDiffer: z
      .boolean()
      .optional()
      .describe('Whether nobody may review work of the same agent and model'),
  })
  .describe('Which agent and model does which work');
