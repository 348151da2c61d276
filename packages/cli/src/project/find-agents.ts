import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** An agent program that Tina knows how to start, and how it would be configured. */
export interface KnownAgent {
  readonly name: string;
  readonly program: string;
  /** The value of `agents.<name>`, as YAML in one line. */
  readonly definition: string;
  readonly remark: string | null;
}

export interface FoundAgent extends KnownAgent {
  /** Where the program is. */
  readonly path: string;
}

/** By how much of the pipeline they were seen to manage; the first that is found is proposed. */
const KNOWN: readonly KnownAgent[] = [
  {
    name: 'claude',
    program: 'claude',
    definition:
      '{ kind: command, command: [sh, -c, \'exec claude -p ${1:+--model "$1"} --permission-mode acceptEdits ' +
      "--allowedTools Bash,Read,Edit,Write,Glob,Grep', sh, '{model}'] }",
    remark: 'Claude Code may run commands in its worktree.',
  },
  {
    name: 'codex',
    program: 'codex',
    definition: '{ kind: command, command: [codex, exec, --sandbox, danger-full-access, -] }',
    remark: "Without Codex's own sandbox, because within it no commit can be made in a worktree.",
  },
  {
    name: 'gemini',
    program: 'gemini',
    definition: '{ kind: command, command: [gemini, --yolo, --skip-trust], env: [GEMINI_API_KEY] }',
    remark: 'Gemini may run commands in its worktree.',
  },
  {
    name: 'opencode',
    program: 'opencode',
    definition: "{ kind: command, command: [opencode, run, '{prompt}'], prompt: argument }",
    remark: null,
  },
];

/** The known agent programs on PATH. Starts none of them. */
export function findAgents(path: string | undefined): readonly FoundAgent[] {
  return KNOWN.flatMap((agent) => {
    const found = findOnPath(agent.program, path);
    return found === null ? [] : [{ ...agent, path: found }];
  });
}

/** Where a program is that PATH would start; null when nowhere. */
export function findOnPath(program: string, path: string | undefined): string | null {
  for (const folder of (path ?? '').split(delimiter)) {
    const candidate = join(folder || '.', program);
    if (isExecutable(candidate)) return candidate;
  }
  return null;
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
