import type { Role } from '@tina/domain';
import type { Step } from './steps.ts';

/** What scripted agents do: docs/scripted-agent.md. */
export interface Script {
  /** Tried from the first to the last; the first that fits is followed. */
  readonly entries: readonly ScriptEntry[];
}

export interface ScriptEntry {
  readonly when: ScriptMatch;
  readonly steps: readonly Step[];
  readonly line: number;
}

/** What has to be so; null fits everything. */
export interface ScriptMatch {
  readonly role: readonly Role[] | null;
  readonly phase: readonly string[] | null;
  /** Numbers of the plan's tasks. */
  readonly task: readonly number[] | null;
  /** The number of the attempt within its task and role. */
  readonly attempt: readonly number[] | null;
  /** Null: the first turn alone. */
  readonly turn: readonly number[] | 'any' | null;
}

/** What there is to match. */
export interface ScriptSituation {
  readonly role: Role;
  readonly phase: string | null;
  readonly planTask: number | null;
  readonly roleAttempt: number;
  readonly turn: number;
}

export function findEntry(script: Script, situation: ScriptSituation): ScriptEntry | null {
  return script.entries.find(({ when }) => fits(when, situation)) ?? null;
}

function fits(when: ScriptMatch, { role, phase, planTask, roleAttempt, turn }: ScriptSituation): boolean {
  return (
    (when.role === null || when.role.includes(role)) &&
    (when.phase === null || (phase !== null && when.phase.includes(phase))) &&
    (when.task === null || (planTask !== null && when.task.includes(planTask))) &&
    (when.attempt === null || when.attempt.includes(roleAttempt)) &&
    (when.turn === 'any' || (when.turn ?? [1]).includes(turn))
  );
}
