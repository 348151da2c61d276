import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { BUILT_IN_AGENTS } from '@tina/contract';

/** An agent program that needs no definition, by its name. */
export interface FoundAgent {
  readonly name: string;
  /** Where the program is. */
  readonly path: string;
}

/** The agents that need no definition and whose program PATH has; the first is proposed. Starts none of them. */
export function findAgents(path: string | undefined): readonly FoundAgent[] {
  return Object.entries(BUILT_IN_AGENTS).flatMap(([name, definition]) => {
    const program = 'command' in definition ? (definition.command[0] ?? name) : name;
    const found = findOnPath(program, path);
    return found === null ? [] : [{ name, path: found }];
  });
}

/** Where a program is that PATH would start; null when nowhere. */
function findOnPath(program: string, path: string | undefined): string | null {
  for (const folder of (path ?? '').split(delimiter)) {
    const candidate = join(folder || '.', program);
    if (isExecutable(candidate)) return candidate;
  }
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
