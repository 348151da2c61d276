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

const PLACEHOLDER = /\{\{(\w+)\}\}/g;

/** The names of the values that a role's template takes, in the order in which they come first. */
export function placeholdersOf(role: Role): readonly string[] {
  const names = [...readFileSync(FILES[role], 'utf8').matchAll(PLACEHOLDER)].map(([, name = '']) => name);
  return [...new Set(names)];
}

/** The first line of a section. */
const HEADING = /^#{1,6} /;

/**
 * Fills a role's template. Every `{{name}}` must have a value. A paragraph that is nothing but an empty value is left out,
 * and so is its heading when nothing else stands below that. Values are put in as they are and never read for
 * placeholders.
 *
 * @throws Error when the template names a value that is not given
 */
export function fillTemplate(role: Role, values: Readonly<Record<string, string>>): string {
  const valueOf = (name: string): string => {
    const value = values[name];
    if (value === undefined) throw new Error(`the template of ${role} names {{${name}}}, which has no value`);
    return value;
  };
  const paragraphs = readFileSync(FILES[role], 'utf8')
    .trim()
    .split(/\n{2,}/)
    .map((raw) => ({ raw, text: raw.replace(PLACEHOLDER, (_, name: string) => valueOf(name)) }));
  const kept = paragraphs.filter(({ raw, text }, index) => {
    const [below, ...rest] = paragraphs.slice(index + 1);
    if (text === '' || !HEADING.test(raw) || below?.text !== '') return text !== '';
    const next = rest.find((each) => each.text !== '');
    return next !== undefined && !HEADING.test(next.text);
  });
  return `${kept.map(({ text }) => text).join('\n\n')}\n`;
}
