import { PlainSessions } from './plain-sessions.ts';
import { probeTmux } from './probe-tmux.ts';
import type { Sessions } from './session-port.ts';
import { TmuxSessions } from './tmux-sessions.ts';

export interface OpenSessions {
  /** Must be readable by its owner alone: whoever can connect to the socket can do what the agents can. */
  readonly stateDir: string;
  /** The program's name or path. */
  readonly tmux?: string;
}

/** tmux where there is one that is new enough, plain processes otherwise. Throws `SocketPathTooLongError`. */
export async function openSessions({ stateDir, tmux = 'tmux' }: OpenSessions): Promise<Sessions> {
  const probe = await probeTmux(tmux);
  if (probe.kind === 'tmux') return new TmuxSessions({ stateDir, tmux });
  return new PlainSessions({ stateDir, reason: probe.reason });
}
