import { z } from 'zod';
import { configFileSchema } from './config-schema.ts';

/** The format of configuration files as JSON Schema (draft 7, which editors read), made from the schema that checks them. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configFileSchema, { io: 'input', target: 'draft-7' });
  return { ...schema, title: 'Tina configuration (.tina/config.yaml)' };
}
