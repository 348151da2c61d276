/** What keeps sessions here, and why. */
export type SessionsProbe =
  | { readonly kind: 'tmux'; readonly version: string }
  /** Reason: why there is no tmux to use, for `tina doctor`. */
  | { readonly kind: 'plain'; readonly reason: string };

export interface StartSession {
  /** Letters, digits, `-` and `_`: the attempt's id. No other session may have it. */
  readonly name: string;
  /** Program and arguments; they arrive byte for byte, no shell reads them. */
  readonly command: readonly string[];
  /** An existing folder, absolute. */
  readonly cwd: string;
  /**
   * The whole environment of the process: nothing of the daemon's or of tmux is added. A program that draws on the
   * terminal needs TERM in it (`screen-256color`).
   */
  readonly env: Readonly<Record<string, string>>;
  /** What the session prints is appended to this file, as it came. */
  readonly logPath?: string;
  /** What its process complains about is appended to this file instead: a terminal is gone with the session. */
  readonly stderrPath?: string;
}

/**
 * Processes that outlive the daemon, each under a name. A session is there until its process ends or `end` is called.
 * Names are matched exactly. When it cannot be found out what is there, every method throws (`SessionServerError` where it
 * is tmux that fails) instead of saying "none" (G06).
 */
export interface Sessions {
  probe(): Promise<SessionsProbe>;
  /**
   * Returns when the process has been started; whether it stays is the caller's to watch. Throws `SessionExistsError`,
   * and `SessionStartError` for what cannot be started.
   */
  start(parameters: StartSession): Promise<void>;
  exists(name: string): Promise<boolean>;
  /** The names of all sessions, sorted. */
  list(): Promise<readonly string[]>;
  /**
   * The session is gone when this returns, and its process has received SIGHUP; the rest of its process group receives it
   * at the latest when that process ends. What ignores it, or has left the group, is still running: see
   * `endAttemptProcesses`. Ending what is not there is fine.
   */
  end(name: string): Promise<void>;
  /**
   * To be called before a session ends that another one is likely to follow: what sessions need beside themselves stays for
   * a moment, and the next one starts sooner.
   */
  stayReady(): Promise<void>;
  /** Takes that back, also what a daemon that has died said: without sessions nothing is left. */
  letGo(): Promise<void>;
  /** What a person types to look in, without being able to disturb it; null where that is not possible. */
  attachCommand(name: string): readonly string[] | null;
}
