import type { AgentAccess } from '@tina/contract';
import { type Fields, fieldsOf, listOf, textOf } from '../cli/json-fields.ts';
import { liesIn } from '../cli/lies-in.ts';
import { isLookingCommand } from '../cli/looking-command.ts';
import { withoutHandOver } from '../cli/without-hand-over.ts';

/** What an agent may do, as its questions are answered. */
export interface AcpPermissions {
  readonly access: AgentAccess;
  readonly worktree: string;
  /** Folders outside of the worktree for what is handed over and for temporary files. */
  readonly folders: readonly string[];
  /** The command that a call would run; null where the question does not say. */
  commandOf(call: Fields): string | null;
}

/** Null: it may. Otherwise why not. */
export type Refusal = string | null;

const HARMLESS: ReadonlySet<string> = new Set(['fetch', 'read', 'search', 'think']);
const WRITES: ReadonlySet<string> = new Set(['delete', 'edit', 'move']);
/** Tools of Tina's own server, however an agent names them. */
const OF_TINA = /(?:^|[^a-z])tina(?:[^a-z]|$)/i;

/** The answer to a question about a call. It is never a person who answers. */
export function judgeCall(call: Fields, permissions: AcpPermissions): Refusal {
  const { access, worktree, folders } = permissions;
  const kind = textOf(call['kind']) ?? 'other';
  const paths = pathsOf(call, WRITES.has(kind));
  const places = access === 'write' ? [worktree, ...folders] : folders;
  if (paths.some((path) => !liesIn(path, places, worktree)))
    return `Files may be written only below ${places.join(' and ')}.`;
  if (access === 'write' || HARMLESS.has(kind)) return null;
  const command = permissions.commandOf(call);
  if (command !== null) return isLookingCommand(withoutHandOver(command, permissions)) ? null : LOOK_ONLY;
  if (WRITES.has(kind)) return paths.length > 0 ? null : LOOK_ONLY;
  return OF_TINA.test(`${textOf(call['name']) ?? ''} ${textOf(call['title']) ?? ''}`) ? null : LOOK_ONLY;
}

const LOOK_ONLY = 'The task is to look: commands that only read are allowed, and tina.';

/** The files that a call would write. */
function pathsOf(call: Fields, isWriting: boolean): readonly string[] {
  const differences = listOf(call['content'])
    .map(fieldsOf)
    .filter((part) => part['type'] === 'diff')
    .map((part) => part['path']);
  if (!isWriting) return differences.filter(isText);
  const input = fieldsOf(call['rawInput']);
  const named = [input['file_path'], input['filePath'], input['path'], input['absolute_path']];
  const places = listOf(call['locations']).map((place) => fieldsOf(place)['path']);
  return [...differences, ...named, ...places].filter(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** The answer to `session/request_permission`: the narrowest of the options that says so. */
export function answerOf(params: Fields, refusal: Refusal): object {
  const options = listOf(params['options']).map(fieldsOf);
  const kinds = refusal === null ? ['allow_once', 'allow_always'] : ['reject_once', 'reject_always'];
  const option = kinds
    .map((kind) => options.find((one) => one['kind'] === kind))
    .find((one) => one !== undefined);
  const optionId = textOf(option?.['optionId']);
  if (optionId === null) return { result: { outcome: { outcome: 'cancelled' } } };
  return { result: { outcome: { outcome: 'selected', optionId } } };
}
