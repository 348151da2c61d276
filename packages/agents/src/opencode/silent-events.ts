/** Events that tell nothing Tina has a use for: their first words, or their whole name. */
const SILENT: readonly string[] = [
  'catalog.',
  'command.',
  'file.',
  'installation.',
  'integration.',
  'lsp.',
  'mcp.',
  'message.part.removed',
  'message.removed',
  'models-dev.',
  'permission.',
  'plugin.',
  'project.',
  'pty.',
  'question.',
  'reference.',
  'server.',
  'session.compacted',
  'session.deleted',
  'session.diff',
  'session.next.',
  'session.updated',
  'tui.',
  'vcs.',
  'workspace.',
  'worktree.',
];

/** Whether an event is one that Tina knows and leaves aside. */
export function isSilent(type: string): boolean {
  return SILENT.some((known) => (known.endsWith('.') ? type.startsWith(known) : type === known));
}
