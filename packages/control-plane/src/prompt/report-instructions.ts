import { expectedForm, REPORT_KINDS, type Role } from '@tina/domain';

const COMMANDS: Readonly<Record<(typeof REPORT_KINDS)[Role], readonly string[]>> = {
  validation: ['tina report validation --status pass|warning|stop --text "..."'],
  plan: ['tina report plan --file <path of the plan; write it into the folder $TINA_OUT>'],
  work: ['tina report work --summary "..."'],
  review: [
    'tina report review --verdict pass|gaps --summary "..." \\',
    '  --finding "blocker|src/a.ts:12|what is wrong" --verdict-on <finding id>=closed|open',
  ],
  error: [],
};

/** How a role ends its work: the command, or one line in its last message. */
export function reportInstructions(role: Role, phase: string | null): string {
  return [
    '## When you are done',
    '',
    'Report once, as the last thing you do, with the tool `report` or with:',
    '',
    '```',
    ...COMMANDS[REPORT_KINDS[role]],
    '```',
    '',
    'If you cannot run commands, end your last message with one line of this form instead:',
    '',
    '```',
    expectedForm(role, phase),
    '```',
    '',
    'If you cannot do the work: `tina report error --reason "..."`.',
  ].join('\n');
}
