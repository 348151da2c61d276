import type { AgentAccess } from '@tina/contract';
import { expect, it } from 'vitest';
import { fieldsOf, textOf } from '../cli/json-fields.ts';
import { answerOf, judgeCall } from './acp-permission.ts';

const may = (access: AgentAccess, call: object): boolean =>
  judgeCall(fieldsOf(call), {
    access,
    worktree: '/srv/tree',
    folders: ['/attempt/out', '/attempt/tmp'],
    commandOf: (one) => textOf(fieldsOf(one['rawInput'])['command']),
  }) === null;

const run = (command: string): object => ({ kind: 'execute', rawInput: { command } });
const edit = (path: string): object => ({ kind: 'edit', content: [{ type: 'diff', path }] });

it.each([
  [run('git log'), true, true],
  [run('touch x'), false, true],
  [run('cat > "$TINA_OUT/plan.md" <<\'EOF\'\n# Plan\nEOF'), true, true],
  // Goose says nothing of a kind.
  [{ kind: 'other', title: 'shell', rawInput: { command: 'touch x' } }, false, true],
  // Without the command nobody can say that it only looks.
  [{ kind: 'execute', title: 'git log' }, false, true],
  [edit('/srv/tree/src/a.ts'), false, true],
  [edit('src/a.ts'), false, true],
  [edit('/attempt/out/plan.md'), true, true],
  [edit('/attempt/out/../launch.json'), false, false],
  [edit('/etc/passwd'), false, false],
  [edit('../tree-of-another/a.ts'), false, false],
  [{ kind: 'delete', locations: [{ path: '/etc/passwd' }] }, false, false],
  [{ kind: 'edit', rawInput: { file_path: '/etc/passwd' } }, false, false],
  // A write that does not say where.
  [{ kind: 'edit', title: 'a file' }, false, true],
  [{ kind: 'read', locations: [{ path: '/etc/hosts' }] }, true, true],
  [{ kind: 'fetch' }, true, true],
  [{ kind: 'other', title: 'add (tina MCP Server)' }, true, true],
  [{ kind: 'other', title: 'mcp__tina__report' }, true, true],
  [{ kind: 'other', title: 'destinations' }, false, true],
])('judges %j: of one that reads %s, of one that writes %s', (call, whenReading, whenWriting) => {
  expect(may('read', call)).toBe(whenReading);
  expect(may('write', call)).toBe(whenWriting);
});

it('answers with the narrowest option, and takes the question back where there is none', () => {
  const option = (kind: string): object => ({ optionId: `the ${kind}`, kind });
  const all = ['allow_always', 'allow_once', 'reject_always', 'reject_once'].map(option);
  const selected = (optionId: string): object => ({ result: { outcome: { outcome: 'selected', optionId } } });
  expect(answerOf({ options: all }, null)).toEqual(selected('the allow_once'));
  expect(answerOf({ options: all }, 'no')).toEqual(selected('the reject_once'));
  expect(answerOf({ options: [option('allow_always')] }, null)).toEqual(selected('the allow_always'));
  expect(answerOf({ options: 'none' }, 'no')).toEqual({ result: { outcome: { outcome: 'cancelled' } } });
});
