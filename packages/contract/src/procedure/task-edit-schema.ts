import { z } from 'zod';

const line = z.string().max(2_000);
const lines = z.array(line).max(200);

/** What may be changed of a task before it begins, by the fields of docs/plan-format.md; what is left out stays. */
export const taskEditSchema = z.strictObject({
  title: line.optional(),
  model: line.nullable().optional(),
  files: lines.optional(),
  dependsOn: lines.optional().describe('tasks of the same plan, by number, name or id'),
  review: z.enum(['none', 'spec', 'quality', 'spec+quality']).optional(),
  acceptance: lines.optional(),
  body: z.string().max(200_000).optional().describe('the prose below the fields'),
});
