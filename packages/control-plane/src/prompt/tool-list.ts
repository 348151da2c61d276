import { verbsOf } from '@tina/contract';
import type { Role } from '@tina/domain';

/** What a role may call, from the table that also refuses the rest (G29). */
export function toolList(role: Role): string {
  return [
    '## Tools',
    '',
    'Tina has these tools for you; without MCP, the same as commands of your shell:',
    '',
    ...verbsOf(role).map(({ tool, command, brief }) => `- \`${tool}\` (\`${command}\`): ${brief}`),
    '',
    'You can call nothing else of Tina.',
  ].join('\n');
}
