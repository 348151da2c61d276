/** Notifications that tell nothing Tina has a use for: their first words, or their whole name. */
const SILENT: readonly string[] = [
  'account/',
  'app/',
  'autoApprovalReview/',
  'command/exec/',
  'configWarning',
  'deprecationNotice',
  'externalAgentConfig/',
  'fs/',
  'fuzzyFileSearch/',
  'guardianWarning',
  'hook/',
  'item/autoApprovalReview/',
  'item/commandExecution/',
  'item/fileChange/',
  'item/mcpToolCall/',
  'item/plan/',
  'item/reasoning/',
  'mcpServer/',
  'model/',
  'modelProvider/',
  'process/',
  'project/',
  'remoteControl/',
  'serverRequest/',
  'skills/',
  'thread/',
  'turn/',
  'warning',
];

/** Whether a notification is one that Tina knows and leaves aside. */
export function isSilent(method: string): boolean {
  return SILENT.some((known) => (known.endsWith('/') ? method.startsWith(known) : method === known));
}
