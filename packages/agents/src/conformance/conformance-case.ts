import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Launch } from '@tina/contract';
import type { TestContext } from 'vitest';
import type { AgentSession, AgentTurn } from '../adapter/agent-adapter.ts';
import { followSession, openSession, type FollowedSession } from '../testing/followed-session.ts';
import { makeLaunch } from '../testing/make-launch.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import type { AgentUnderTest, Behaviour } from './agent-under-test.ts';

export interface ConformanceCase extends FollowedSession {
  readonly launch: Launch;
  /** A file of the worktree. */
  readonly file: (name: string) => string;
}

/** A session whose events nobody reads yet, with its first turn, which has not begun. */
export function beginUnread(
  subject: AgentUnderTest,
  behaviour: Behaviour,
  context: TestContext,
): { readonly session: AgentSession; readonly turn: AgentTurn; readonly file: (name: string) => string } {
  const launch = launchFor(subject, behaviour, context);
  const session = openSession(subject.adapter, launch);
  const messageFile = join(launch.directory, 'prompt.md');
  writeFileSync(messageFile, launch.prompt);
  return {
    session,
    turn: { turn: 1, message: launch.prompt, messageFile },
    file: (name) => join(launch.worktree, name),
  };
}

/** A session of an agent that behaves so; the test is left out, with the reason, when this kind of agent cannot. */
export function beginCase(
  subject: AgentUnderTest,
  behaviour: Behaviour,
  context: TestContext,
): ConformanceCase {
  const launch = launchFor(subject, behaviour, context);
  return {
    ...followSession(subject.adapter, launch),
    launch,
    file: (name) => join(launch.worktree, name),
  };
}

function launchFor(subject: AgentUnderTest, behaviour: Behaviour, context: TestContext): Launch {
  const folder = temporaryFolder();
  const definition = subject.play(behaviour, folder);
  if (definition === null) return context.skip(`an agent of this kind cannot play "${behaviour}"`);
  return makeLaunch(folder, definition);
}

/** What the agent said at the end of a turn, however it handed that over. */
export function lastWord(outcome: Awaited<ReturnType<FollowedSession['outcomeOf']>>): string {
  return outcome.kind === 'completed' ? JSON.stringify(outcome) : '';
}
