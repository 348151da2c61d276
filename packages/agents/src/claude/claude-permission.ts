import type { AgentAccess } from '@tina/contract';
import { type Fields, textOf } from '../cli/json-fields.ts';
import { liesIn } from '../cli/lies-in.ts';
import { isLookingCommand } from '../cli/looking-command.ts';
import { withoutHandOver } from '../cli/without-hand-over.ts';

/** What an agent may do, as Claude Code is told and as its questions are answered. */
export interface ClaudePermissions {
  readonly access: AgentAccess;
  readonly worktree: string;
  /** Folders outside of the worktree for what is handed over and for temporary files. */
  readonly folders: readonly string[];
}

/** Null: it may. Otherwise why not, as the agent reads it. */
export type Refusal = string | null;

/** Tools that reach the network, or begin sub-agents that are held to the same rules. */
const HARMLESS: ReadonlySet<string> = new Set(['Agent', 'Task', 'WebFetch', 'WebSearch']);
const NOBODY_ANSWERS: ReadonlySet<string> = new Set(['AskUserQuestion', 'EnterPlanMode', 'ExitPlanMode']);
const WRITERS: ReadonlySet<string> = new Set(['Edit', 'MultiEdit', 'NotebookEdit', 'Write']);

/**
 * The arguments that say what needs no question. `write`: edits below the worktree and any command. `read`: commands that
 * only look (Claude Code knows them itself) and Tina's own; edits nowhere but in the folders.
 */
export function permissionArguments({ access, folders }: ClaudePermissions): readonly string[] {
  const tools = ['mcp__tina', 'WebFetch', 'WebSearch'];
  const added = ['--add-dir', ...folders];
  if (access === 'write')
    return [...added, '--permission-mode', 'acceptEdits', '--allowedTools', 'Bash', ...tools];
  // A rule with two slashes is about a path from the root.
  const edits = folders.map((folder) => `Edit(/${folder}/**)`);
  return [...added, '--permission-mode', 'default', '--allowedTools', 'Bash(tina:*)', ...edits, ...tools];
}

/** The answer to a question about a tool that no rule allows. It is never a person who answers. */
export function judgeTool(tool: string, input: Fields, permissions: ClaudePermissions): Refusal {
  const { access, worktree, folders } = permissions;
  if (HARMLESS.has(tool) || tool.startsWith('mcp__tina__')) return null;
  if (NOBODY_ANSWERS.has(tool))
    return 'Nobody is there to answer. Decide yourself, or report what keeps you from the work.';
  const places = access === 'write' ? [worktree, ...folders] : folders;
  if (WRITERS.has(tool)) {
    const path = textOf(input['file_path']) ?? textOf(input['notebook_path']) ?? '';
    return path !== '' && liesIn(path, places, worktree)
      ? null
      : `Files may be written only below ${places.join(' and ')}.`;
  }
  if (access === 'write') return null;
  const command = tool === 'Bash' ? textOf(input['command']) : null;
  if (command !== null && isLookingCommand(withoutHandOver(command, permissions))) return null;
  return (
    'Your task is to look, not to change anything: commands that only read are allowed, and tina. ' +
    `Write files with the Write tool, below ${folders.join(' or ')}.`
  );
}
