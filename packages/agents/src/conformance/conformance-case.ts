import { join } from 'node:path';
import type { Launch } from '@tina/contract';
import type { TestContext } from 'vitest';
import { followSession, type FollowedSession } from '../testing/followed-session.ts';
import { makeLaunch } from '../testing/make-launch.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import type { AgentUnderTest, Behaviour } from './agent-under-test.ts';

export interface ConformanceCase extends FollowedSession {
  readonly launch: Launch;
  /** A file of the worktree. */
  file(name: string): string;
}

/** A session of an agent that behaves so; the test is left out, with the reason, when this kind of agent cannot. */
export function beginCase(subject: AgentUnderTest, behaviour: Behaviour, context: TestContext): ConformanceCase {
  const folder = temporaryFolder();
  const definition = subject.play(behaviour, folder);
  if (definition === null) return context.skip(`an agent of this kind cannot play "${behaviour}"`);
  const launch = makeLaunch(folder, definition);
  return {
    ...followSession(subject.adapter, launch),
    launch,
    file: (name) => join(launch.worktree, name),
  };
}

/** What the agent said at the end of a turn, however it handed that over. */
export function lastWord(outcome: Awaited<ReturnType<FollowedSession['outcomeOf']>>): string {
  return outcome.kind === 'completed' ? JSON.stringify(outcome) : '';
}
