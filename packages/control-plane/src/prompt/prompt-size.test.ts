import { AGENT_VERBS, verbsOf } from '@tina/contract';
import { type Role, ROLES } from '@tina/domain';
import { countTokens } from 'gpt-tokenizer';
import { expect, it } from 'vitest';
import { promptSkeleton } from './placeholders.ts';

/** What a role's prompt may cost before it says anything of its task, in tokens. */
const LIMITS: Readonly<Record<Role, number>> = {
  validator: 575,
  planner: 850,
  implementer: 675,
  'spec-reviewer': 550,
  'quality-reviewer': 550,
  reviewer: 600,
  resolver: 625,
};

it.each(ROLES)('G25 the fixed part of the prompt of a %s is small', (role) => {
  expect(countTokens(promptSkeleton(role).text)).toBeLessThan(LIMITS[role]);
});

it.each(ROLES)('G29 the prompt of a %s names the tools of its role, and no other', (role) => {
  const { text, placeholders } = promptSkeleton(role);
  const own = verbsOf(role).map(({ tool }) => tool);
  const named = AGENT_VERBS.filter(({ tool, command }) => text.includes(`- \`${tool}\` (\`${command}\`)`));
  expect(named.map(({ tool }) => tool)).toEqual(own);
  expect(text).toContain('## Ways in which this fails');
  expect(text).not.toMatch(/\{\{|undefined/);
  for (const [name, meaning] of Object.entries(placeholders)) {
    expect(text).toContain(name);
    expect(meaning).not.toBe('');
  }
});
