import type { Task } from './task.ts';

/**
 * What the work of a task may change (G21): what its plan says and, where a resolver had to bring two sides together, the
 * files that the conflicts were about; also what lies below such a path, because a file may have met a directory. A task
 * of the run has no other work than its conflicts.
 */
export function workScope({ spec, conflict, resolvedFiles }: Task): readonly string[] {
  const conflicting = [...resolvedFiles, ...(conflict?.files ?? [])];
  return [...new Set([...(spec?.files ?? []), ...conflicting.flatMap((file) => [file, `${file}/`])])];
}
