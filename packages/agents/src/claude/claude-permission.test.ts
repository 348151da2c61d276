import { describe, expect, it } from 'vitest';
import { matching } from '../testing/matching.ts';
import { type ClaudePermissions, judgeTool, permissionArguments } from './claude-permission.ts';

const writes: ClaudePermissions = { access: 'write', worktree: '/w', folders: ['/out', '/tmp/a'] };
const reads: ClaudePermissions = { ...writes, access: 'read' };

describe('one that writes', () => {
  it('needs no question for edits and commands', () => {
    const args = permissionArguments(writes).join(' ');
    expect(args).toContain('--add-dir /out /tmp/a --permission-mode acceptEdits --allowedTools Bash ');
  });

  it.each(['Write', 'Edit', 'MultiEdit'])('G21 may %s below its folders only', (tool) => {
    const judge = (path: string): string | null => judgeTool(tool, { file_path: path }, writes);
    expect([judge('/w/a.ts'), judge('a/b.ts'), judge('/out/plan.md')]).toEqual([null, null, null]);
    for (const path of ['/etc/passwd', '../x', '/w/../x', '/w', '/wide/x', ''])
      expect(judge(path)).toBe('Files may be written only below /w and /out and /tmp/a.');
  });

  it('may use whatever else asks', () => {
    expect(judgeTool('Bash', { command: 'rm -r build' }, writes)).toBeNull();
    expect(judgeTool('NotebookEdit', { notebook_path: '/w/a.ipynb' }, writes)).toBeNull();
    expect(judgeTool('NewTool', {}, writes)).toBeNull();
  });
});

describe('one that reads', () => {
  it('is told where it may write, and asks for commands', () => {
    const args = permissionArguments(reads);
    expect(args).toEqual(expect.arrayContaining(['default', 'Bash(tina:*)', 'Edit(//out/**)']));
    expect(args).not.toContain('Bash');
  });

  it('G21 hands over below its folders, and changes nothing else', () => {
    expect(judgeTool('Write', { file_path: '/out/plan.md' }, reads)).toBeNull();
    expect(judgeTool('Write', { file_path: '/w/a.ts' }, reads)).toEqual(matching(/only below \/out and/));
    expect(judgeTool('Bash', { command: 'git log | head -3' }, reads)).toBeNull();
    expect(judgeTool('Bash', { command: 'npm test' }, reads)).toEqual(matching(/look, not to change/));
    expect(judgeTool('NewTool', {}, reads)).toEqual(matching(/look, not to change/));
  });
});

it.each([writes, reads])('may ask the network, sub-agents and Tina, and no person', (permissions) => {
  for (const tool of ['WebFetch', 'WebSearch', 'Agent', 'mcp__tina__report'])
    expect(judgeTool(tool, {}, permissions)).toBeNull();
  expect(judgeTool('AskUserQuestion', {}, permissions)).toEqual(matching(/Nobody is there to answer/));
});
