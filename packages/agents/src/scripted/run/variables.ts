import { git } from './git.ts';
import type { Stage } from './stage.ts';

/** Names that stand for a value in the strings of a script, in braces; in double braces they stand for themselves. */
const VARIABLE =
  /\{\{(phase|task|attempt|feature|role|baseline|tip|message)\}\}|\{(phase|task|attempt|feature|role|baseline|tip|message)\}/g;

/** Fills in the variables. Other braces are left alone, so that code needs no escaping. */
export async function expand(text: string, stage: Stage): Promise<string> {
  if (!text.includes('{')) return text;
  const values: Record<string, string> = {};
  for (const [, , name] of text.matchAll(VARIABLE)) {
    if (name !== undefined) values[name] ??= await valueOf(name, stage);
  }
  return text.replace(VARIABLE, (_whole, escaped: string | undefined, name: string | undefined) =>
    name === undefined ? `{${escaped}}` : (values[name] ?? ''),
  );
}

async function valueOf(name: string, stage: Stage): Promise<string> {
  const { phase, planTask, roleAttempt, feature, role } = stage.context;
  switch (name) {
    case 'phase':
      return phase ?? '';
    case 'task':
      return planTask === null ? '' : String(planTask);
    case 'attempt':
      return String(roleAttempt);
    case 'feature':
      return feature;
    case 'role':
      return role;
    case 'message':
      return stage.message;
    case 'baseline':
      return await stage.baseline();
    case 'tip':
      return await git(stage, ['rev-parse', 'HEAD']);
    default:
      return '';
  }
}
