import { readFileSync } from 'node:fs';
import type { Role } from '@tina/domain';

const FILES: Readonly<Record<Role, URL>> = {
  validator: new URL('./templates/validator.md', import.meta.url),
  planner: new URL('./templates/planner.md', import.meta.url),
  implementer: new URL('./templates/implementer.md', import.meta.url),
  'spec-reviewer': new URL('./templates/spec-reviewer.md', import.meta.url),
  'quality-reviewer': new URL('./templates/quality-reviewer.md', import.meta.url),
  reviewer: new URL('./templates/reviewer.md', import.meta.url),
  resolver: new URL('./templates/resolver.md', import.meta.url),
};

/**
 * Fills a role's template. Every `{{name}}` must have a value; an empty value takes its paragraph with it. Values are put
 * in as they are and never read for placeholders.
 *
 * @throws Error when the template names a value that is not given
 */
export function fillTemplate(role: Role, values: Readonly<Record<string, string>>): string {
  const template = readFileSync(FILES[role], 'utf8');
  const filled = template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the template of ${role} names {{${name}}}, which has no value`);
    return value;
  });
  return filled.replace(/\n{3,}/g, '\n\n').trim() + '\n';
}
