import type { PlayedFault } from '../fault/fault-player.ts';
import type { Metrics } from '../expectation/metrics.ts';
import type { Failure } from '../verdict/failure.ts';
import type { Notice } from '../watcher/notice.ts';

/** A part of a run on the time axis, in milliseconds since the launch. */
export interface Span {
  readonly id: string;
  readonly name: string;
  /** A task's or an attempt's. */
  readonly status: string;
  /** Null where it never began. */
  readonly fromMs: number | null;
  /** Null where it has not ended. */
  readonly toMs: number | null;
}

export interface AttemptSpan extends Span {
  readonly role: string;
  readonly number: number;
  readonly failure: string | null;
}

export interface TaskSpan extends Span {
  readonly kind: string;
  readonly phase: string | null;
  readonly attempts: readonly AttemptSpan[];
}

/** One run of Tina that a scenario made. */
export interface RunTimeline {
  readonly runId: string;
  readonly status: string;
  readonly ending: string | null;
  readonly phases: readonly string[];
  readonly tasks: readonly TaskSpan[];
}

/** What came of playing a scenario once. */
export interface ScenarioResult {
  readonly scenario: string;
  readonly title: string;
  /** Which of its repetitions, from 1. */
  readonly repetition: number;
  readonly agent: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly asExpected: boolean;
  /** Whether the scenario is meant to end complete. */
  readonly isMeantToComplete: boolean;
  /**
   * Whether its first run ended complete without a manual edit: nobody asked for anything but what the scenario itself plays.
   */
  readonly isFinishedUnaided: boolean;
  readonly runs: readonly RunTimeline[];
  readonly metrics: Metrics | null;
  readonly notices: readonly Notice[];
  readonly faults: readonly PlayedFault[];
  readonly failures: readonly Failure[];
  /** The folder that was kept to look at; null when it is removed. */
  readonly folder: string | null;
}
