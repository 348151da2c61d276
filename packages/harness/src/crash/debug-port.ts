import { join } from 'node:path';
import { type Client, connect } from '@tina/client';
import { type ProcedureInput, type ProcedureOutput, TinaError } from '@tina/contract';
import type { Sandbox } from '../sandbox/sandbox.ts';

export type DebugView = ProcedureOutput<'debug.status'>;
export type HeldCommit = DebugView['held'][number];
export type Pause = ProcedureInput<'debug.pause'>;

/** One wait for a held commit; between two of them is looked whether the run has ended. */
const WAIT_MS = 1_000;

/** The debug port of a sandbox's daemon, over its socket as any program of the user could. */
export class DebugPort {
  readonly client: Client;

  private constructor(client: Client) {
    this.client = client;
  }

  /** Starts a daemon with a debug port where none runs; one without is stopped first, as its refusal says. */
  static async open(sandbox: Sandbox): Promise<DebugPort> {
    for (let tries = 1; ; tries += 1) {
      const { code, stdout, stderr } = await sandbox.tina('daemon', 'start', '--debug', '--json');
      if (code === 0)
        return new DebugPort(await connect({ socketPath: join(sandbox.home, 'state/daemon.sock') }));
      if (tries === 5) throw new Error(`tina daemon start --debug ended with ${code}: ${stderr}${stdout}`);
      if (`${stderr}${stdout}`.includes('debug_off')) await sandbox.tina('daemon', 'stop');
    }
  }

  /** False when the run has come past that event. */
  async pause(pause: Pause): Promise<boolean> {
    try {
      await this.client.call('debug.pause', pause);
      return true;
    } catch (error) {
      if (error instanceof TinaError && error.code === 'event_passed') return false;
      throw error;
    }
  }

  /** What is held; null when the run ends, is blocked, or does not come there in time. */
  async untilHeld(timeoutMs: number): Promise<HeldCommit | null> {
    const deadline = performance.now() + timeoutMs;
    while (performance.now() < deadline) {
      const { held } = await this.client.call('debug.status', { waitMs: WAIT_MS });
      if (held[0] !== undefined) return held[0];
      const runs = await this.client.call('run.list', {});
      if (runs.length > 0 && runs.every(({ status }) => isAtRest(status))) return null;
    }
    return null;
  }

  async goOn(): Promise<void> {
    await this.client.call('debug.continue', {});
  }

  close(): void {
    this.client.close();
  }
}

function isAtRest(status: string): boolean {
  return ['complete', 'cancelled', 'blocked'].includes(status);
}
