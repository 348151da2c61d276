import { join } from 'node:path';
import type { Role } from '@tina/domain';
import type { ScriptedContext, ScriptedRecord, ScriptedRequest } from '../scripted/protocol.ts';
import { runScriptedAgent, type ScriptedEnding } from '../scripted/run/scripted-agent.ts';
import { parseScript } from '../scripted/script/parse-script.ts';
import { makeLaunch, searchPath } from './make-launch.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface Played {
  readonly records: readonly ScriptedRecord[];
  readonly ending: ScriptedEnding;
  readonly raw: string;
  readonly errors: string;
  readonly worktree: string;
  readonly folder: string;
}

export interface PlayOptions {
  readonly context?: Partial<ScriptedContext> & { readonly role?: Role };
  /** What the agent is asked; default: one turn. */
  readonly requests?: readonly ScriptedRequest[] | AsyncIterable<ScriptedRequest>;
  readonly env?: Readonly<Record<string, string>>;
  /** Made before the agent begins, below the folder that `worktree` is in. */
  readonly prepare?: (worktree: string, folder: string) => void;
  readonly onRecord?: (record: ScriptedRecord) => void;
}

export const TURN: ScriptedRequest = { type: 'turn', turn: 1, message: 'Do it.' };

/** Plays a script in this process, in a repository of its own. `entries` is the YAML below `entries:`. */
export async function playScript(entries: string, options: PlayOptions = {}): Promise<Played> {
  const folder = temporaryFolder();
  const scriptPath = join(folder, 'script.yaml');
  const { worktree, directory, subject, role } = makeLaunch(folder, { kind: 'scripted', script: scriptPath });
  const { script, problems } = parseScript(`version: 1\nentries:\n${entries}`);
  if (script === null) throw new Error(JSON.stringify(problems));
  options.prepare?.(worktree, folder);
  let raw = '';
  let errors = '';
  const ending = await runScriptedAgent({
    script,
    scriptPath,
    context: { ...subject, role, outDirectory: join(directory, 'out'), ...options.context },
    worktree,
    env: { PATH: searchPath(), HOME: folder, ...options.env },
    requests: lines(options.requests ?? [TURN]),
    write: async (bytes) => {
      const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1');
      raw += text;
      if (typeof bytes === 'string') options.onRecord?.(JSON.parse(text) as ScriptedRecord);
      await Promise.resolve();
    },
    writeError: (text) => {
      errors += text;
    },
    ignoreSigterm: () => {
      errors += '(ignores SIGTERM)';
    },
  });
  const records = raw.split('\n').flatMap((line) => {
    try {
      const record = JSON.parse(line) as ScriptedRecord | null;
      return record?.type === undefined ? [] : [record];
    } catch {
      return [];
    }
  });
  return { records, ending, raw, errors, worktree, folder };
}

async function* lines(
  requests: Iterable<ScriptedRequest> | AsyncIterable<ScriptedRequest>,
): AsyncGenerator<string> {
  for await (const request of requests) yield JSON.stringify(request);
}
