import type { AgentDefinition, Launch } from '@tina/contract';
import type { VersionRange } from '../cli/version-range.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Secret } from '../secret/secret.ts';
import type { AgentEvent } from './agent-event.ts';

/**
 * What Tina knows of one kind of agent program: how to look for it, and how to drive it. One adapter for each `kind`
 * of agent definition; every one of them passes `conformance/`.
 */
export interface AgentAdapter<Definition extends AgentDefinition = AgentDefinition> {
  readonly kind: Definition['kind'];
  readonly capabilities: AgentCapabilities;
  /** The versions of its program that are known to work; left out where any may do. */
  readonly versions?: VersionRange;
  /** Everything that would keep this agent from working, for before a run is created. Starts nothing. */
  check(definition: Definition, context: AgentContext): Promise<readonly AgentProblem[]>;
  /** Looks for the program and asks for its version. Answers within seconds and never throws. */
  probe(definition: Definition, context: AgentContext): Promise<AgentProbe>;
  /**
   * The command line that it is started with, for a person to read: what differs from attempt to attempt stands as `<name>`.
   */
  startLine(definition: Definition): readonly string[];
  /** The definition with its paths made absolute, as a launch carries it. */
  forLaunch(definition: Definition, context: AgentContext): Definition;
  /** Opens a session. Starts nothing: the first turn does. */
  begin(launch: AgentLaunch<Definition>, io: AgentIo): AgentSession;
}

export type AgentLaunch<Definition extends AgentDefinition = AgentDefinition> = Launch & {
  readonly agent: Definition;
};

export interface AgentCapabilities {
  /** A later turn is told to the running process. Otherwise each turn is a process of its own. */
  readonly turnsInOneProcess: boolean;
  /** A new process can go on with what an earlier one of the session knew. */
  readonly resume: boolean;
  /**
   * How an agent at work is told from one that hangs (G12): by its events, or, where a program may say nothing until its
   * end, by what its processes do as well.
   */
  readonly progress: 'events' | 'processes';
  /** When a message reaches an agent that is told it in the middle of a turn: within it, or not before the next one. */
  readonly messages: 'in-turn' | 'next-turn';
  /** A turn can be ended at a boundary, with the session left as it is. */
  readonly interrupt: boolean;
}

export interface AgentContext {
  /** What relative paths of a definition start from. */
  readonly projectDirectory: string;
  /** For PATH, and for asking a program for its version. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface AgentProblem {
  /** What is wrong and why. */
  readonly message: string;
  readonly file: string | null;
  /** Counted from 1. */
  readonly line: number | null;
  readonly column: number | null;
  /** What to do. */
  readonly next: readonly string[];
}

export interface AgentProbe {
  readonly isFound: boolean;
  /** The program's absolute path. */
  readonly program: string | null;
  /** As the program prints it; null when it does not tell. */
  readonly version: string | null;
  /** Why it was not found, or cannot be used. */
  readonly problem: string | null;
  /** What a person should know although it can be used. */
  readonly warning: string | null;
  readonly next: readonly string[];
}

/** What a session gets besides its launch. */
export interface AgentIo {
  /** The whole environment of the agent's processes. */
  readonly env: Readonly<Record<string, string>>;
  /** For files that the agent hands over, such as a plan. It exists. */
  readonly outDirectory: string;
  /**
   * Folders outside of the worktree that the agent may write to, absolute: the one above, its TMPDIR, and with the access
   * `write` those of git (the worktree's own and the common one).
   */
  readonly writable: readonly string[];
  /** What its processes are started in; null: they may do what the user may. */
  readonly sandbox: Sandbox | null;
  /** What must be taken out of a text before it is cut; everything that is told whole is looked through by the host. */
  readonly secrets: readonly Secret[];
}

/** Something that a person, or another agent, says to an agent at work. */
export interface AgentMessage {
  readonly id: string;
  /** Reaches the agent byte for byte. */
  readonly text: string;
}

export interface AgentTurn {
  /** Counted from 1; turn 1 carries the task. */
  readonly turn: number;
  /** The prompt, or what Tina sends back. Reaches the agent byte for byte, as a value. */
  readonly message: string;
  /** A file that holds the message. */
  readonly messageFile: string;
}

/** One agent at work on one attempt, over all of its turns and processes. */
export interface AgentSession {
  /** One reader. Ends when the session has ended. Reading slowly slows the agent down; nothing is lost. */
  readonly events: AsyncIterable<AgentEvent>;
  /** The running process, which leads a process group of its own; null while there is none. */
  readonly pid: number | null;
  /** Begins a turn, in the running process or in a new one. Failing to start is a `turn-ended`, not a throw. */
  beginTurn(turn: AgentTurn): void;
  /**
   * Tells a message to the turn under way; a `message-delivered` event follows. False when that cannot be: no turn is under
   * way, or this program takes messages between turns alone.
   */
  say(message: AgentMessage): boolean;
  /**
   * Asks the program to end the turn under way at the next boundary; a `turn-ended` follows, whose outcome only says that it
   * was interrupted (whoever asked knows why), and what the agent knows is kept. False when that cannot be.
   */
  interrupt(): boolean;
  /**
   * Ends the session for good: SIGTERM to the whole process group, SIGKILL to what is left of it after the grace.
   * A turn under way gets no further event. Safe to call again.
   */
  end(parameters: { readonly graceMs: number }): Promise<void>;
}
