/** The answer to a question of Codex's: nobody is there to approve or to tell anything. */
export function answerTo(method: string): object {
  switch (method) {
    case 'item/commandExecution/requestApproval':
    case 'item/fileChange/requestApproval':
      return { result: { decision: 'decline' } };
    case 'execCommandApproval':
    case 'applyPatchApproval':
      return { result: { decision: 'denied' } };
    case 'mcpServer/elicitation/request':
      return { result: { action: 'decline', content: null } };
    default:
      return { error: { code: METHOD_NOT_FOUND, message: 'Nobody is there to answer.' } };
  }
}

const METHOD_NOT_FOUND = -32601;
