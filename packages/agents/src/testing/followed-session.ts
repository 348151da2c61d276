import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Launch } from '@tina/contract';
import type { TurnOutcome } from '@tina/domain';
import { onTestFinished, vi } from 'vitest';
import type { AgentAdapter, AgentSession } from '../adapter/agent-adapter.ts';
import type { AgentEvent } from '../adapter/agent-event.ts';
import { writableFolders } from '../host/writable-folders.ts';
import { sandboxOf } from '../sandbox/sandbox.ts';
import { agentSecrets } from '../secret/secret.ts';

/** A session whose events are collected, and that is over when its test is. */
export interface FollowedSession {
  readonly session: AgentSession;
  readonly events: readonly AgentEvent[];
  readonly beginTurn: (turn: number, message: string) => void;
  /** Waits for the end of a turn. */
  readonly outcomeOf: (turn: number) => Promise<TurnOutcome>;
  /** Waits for an event. */
  readonly find: <Kind extends AgentEvent['kind']>(
    kind: Kind,
  ) => Promise<Extract<AgentEvent, { kind: Kind }>>;
  /** All that the agent said and wrote, in order. */
  readonly text: () => string;
}

// An agent CLI on a busy machine takes seconds to start.
const WAIT = { timeout: 50_000, interval: 10 };

/** A session that is over when its test is. */
export function openSession(adapter: AgentAdapter, launch: Launch): AgentSession {
  const temporary = join(launch.directory, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const outDirectory = join(launch.directory, 'out');
  const writable = writableFolders(launch, [outDirectory, temporary]);
  const session = adapter.begin(launch, {
    env: { ...launch.env, TMPDIR: temporary },
    outDirectory,
    writable,
    sandbox: sandboxOf(launch, writable),
    secrets: agentSecrets(launch),
  });
  onTestFinished(() => session.end({ graceMs: 0 }));
  return session;
}

export function followSession(adapter: AgentAdapter, launch: Launch): FollowedSession {
  const session = openSession(adapter, launch);
  const events: AgentEvent[] = [];
  void collect(session, events);
  const ends = () => events.filter((event) => event.kind === 'turn-ended');
  return {
    session,
    events,
    beginTurn(turn, message) {
      const messageFile = join(launch.directory, `prompt-${turn}.md`);
      writeFileSync(messageFile, message);
      session.beginTurn({ turn, message, messageFile });
    },
    async outcomeOf(turn) {
      const end = await vi.waitUntil(() => ends()[turn - 1], WAIT);
      return end.outcome;
    },
    async find(kind) {
      const found = await vi.waitUntil(() => events.find((event) => event.kind === kind), WAIT);
      return found as Extract<AgentEvent, { kind: typeof kind }>;
    },
    text: () => events.map((event) => ('text' in event ? event.text : '')).join(''),
  };
}

async function collect(session: AgentSession, events: AgentEvent[]): Promise<void> {
  for await (const event of session.events) events.push(event);
}
