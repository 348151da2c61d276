import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Fields, fieldsOf } from '../cli/json-fields.ts';

/** With pauses of some 5 and 10 s; after that waiting is Tina's (G15). */
const MAX_ATTEMPTS = 3;

const FOLDER = '.gemini';
/** What an attempt has of its own: the settings, and what is kept of its conversation. */
const OWN: ReadonlySet<string> = new Set(['history', 'projects.json', 'settings.json', 'tmp']);

/**
 * Makes the folder that an attempt's Gemini CLI takes for its user's (`GEMINI_CLI_HOME`): the user's settings with Tina's over
 * them, which no flag can set, and for everything else links to what the user has, so that the login is theirs.
 *
 * @param home the folder whose `.gemini` is the user's
 * @param own it may be there from an earlier process
 */
export function makeGeminiHome(home: string, own: string): void {
  const [theirs, ours] = [join(home, FOLDER), join(own, FOLDER)];
  mkdirSync(ours, { recursive: true });
  for (const name of namesIn(theirs))
    if (!OWN.has(name) && !existsSync(join(ours, name))) symlinkSync(join(theirs, name), join(ours, name));
  const settings = mergeSettings(readSettings(join(theirs, 'settings.json')));
  writeFileSync(join(ours, 'settings.json'), JSON.stringify(settings), { mode: 0o600 });
}

/**
 * What is kept of a conversation is in a file named by the minute in which it was opened. Opened again within that minute, Gemini CLI
 * would write a beginning over it; under another name it is found all the same.
 */
export function keepGeminiConversation(own: string, sessionId: string): void {
  const projects = join(own, FOLDER, 'tmp');
  for (const project of namesIn(projects)) {
    const chats = join(projects, project, 'chats');
    const ending = `-${sessionId.slice(0, 8)}.jsonl`;
    const kept = join(chats, `session-2000-01-01T00-00${ending}`);
    const [first] = namesIn(chats)
      .filter((name) => name.endsWith(ending))
      .toSorted();
    if (first !== undefined && !existsSync(kept)) renameSync(join(chats, first), kept);
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function mergeSettings(theirs: Fields): Fields {
  return {
    ...theirs,
    general: {
      ...fieldsOf(theirs['general']),
      maxAttempts: MAX_ATTEMPTS,
      retryFetchErrors: true,
      enableAutoUpdate: false,
    },
    privacy: { ...fieldsOf(theirs['privacy']), usageStatisticsEnabled: false },
  };
}

/** Comments are allowed in it. What cannot be read has nothing. */
function readSettings(file: string): Fields {
  try {
    const text = readFileSync(file, 'utf8').replaceAll(TEXT_OR_COMMENT, (found) =>
      found.startsWith('"') ? found : ' ',
    );
    return fieldsOf(JSON.parse(text));
  } catch {
    return {};
  }
}

const TEXT_OR_COMMENT = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\//g;
