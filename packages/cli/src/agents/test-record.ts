import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import {
  type AgentDefinition,
  type AgentTests,
  agentTestsSchema,
  type AgentTestView,
  type AgentView,
} from '@tina/contract';
import { makeFolder } from '../home/make-folder.ts';
import type { HomePaths } from '../home/paths.ts';

/** Empty where nothing was tested, or the file cannot be read: whoever wants to know tests again. */
export function readTests({ agentTestsPath }: HomePaths): AgentTests {
  try {
    return agentTestsSchema.parse(JSON.parse(readFileSync(agentTestsPath, 'utf8')));
  } catch {
    return {};
  }
}

/** Whole or not at all. Of two that are written at once one may be lost; it can be made again. */
export function writeTest(paths: HomePaths, definition: AgentDefinition, test: AgentTestView): void {
  makeFolder(paths.stateDir);
  const record = { ...readTests(paths), [test.agent]: { definition: hashOf(definition), test } };
  const temporary = `${paths.agentTestsPath}.tmp-${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, paths.agentTestsPath);
}

/** The last test of an agent, and whether it is one of what would be started now. */
export function lastTest(
  record: AgentTests,
  agent: { readonly name: string; readonly definition: AgentDefinition; readonly version: string | null },
): AgentView['test'] {
  const found = Object.hasOwn(record, agent.name) ? record[agent.name] : undefined;
  if (found === undefined) return null;
  const isCurrent = found.definition === hashOf(agent.definition) && found.test.version === agent.version;
  return { ...found.test, isCurrent };
}

function hashOf(definition: AgentDefinition): string {
  const ordered = Object.entries(definition).toSorted(([a], [b]) => a.localeCompare(b));
  return createHash('sha256').update(JSON.stringify(ordered)).digest('hex');
}
