import type { RouteMap } from '@stricli/core';
import { table } from '../output/table.ts';
import type { CliContext } from './context.ts';

const GROUPS: readonly (readonly [title: string, names: readonly string[]])[] = [
  ['Start', ['orchestrate', 'init', 'doctor', 'agents', 'config']],
  [
    'Look',
    [
      'runs',
      'status',
      'watch',
      'wait',
      'usage',
      'tasks',
      'task',
      'events',
      'actions',
      'logs',
      'attach',
      'messages',
      'prompt',
    ],
  ],
  [
    'Steer',
    ['approve', 'reject', 'answer', 'send', 'finalize', 'pause', 'resume', 'retry', 'skip', 'edit', 'cancel'],
  ],
  ['Keep house', ['verify', 'cleanup', 'daemon', 'harness', 'completion']],
];

/** What `tina --help` prints: every command in a line, by what one wants. */
export function rootHelp(routes: RouteMap<CliContext>): string {
  const briefs = new Map(routes.getAllEntries().map((entry) => [entry.name.original, entry.target.brief]));
  const rows = GROUPS.map(([title, names]) => ({
    title,
    rows: names.map((name) => [name, briefs.get(name) ?? '']),
  }));
  const aligned = table(
    rows.flatMap((group) => group.rows),
    null,
  );
  const lines = [
    'Tina carries a design document to a reviewed, merged branch with AI coding agents.',
    '',
    'USAGE',
    '  tina <command> [options]',
    '  tina <command> --help        options and examples of a command',
    '  tina --version',
  ];
  let next = 0;
  for (const group of rows) {
    lines.push('', group.title.toUpperCase());
    for (const _ of group.rows) lines.push(`  ${aligned[next++] ?? ''}`);
  }
  lines.push(
    '',
    'EXAMPLES',
    '  tina init                                look at the project, propose .tina/config.yaml',
    '  tina orchestrate docs/limits-design.md   start, or go on; follow it live',
    '  tina status                              where the run stands, and what to type next',
    '',
    'Exit codes: 0 done, 1 not done, 2 wrong usage. Every command that prints takes --json.',
    'TINA_HOME puts state, configuration and logs under one folder.',
  );
  return `${lines.join('\n')}\n`;
}
