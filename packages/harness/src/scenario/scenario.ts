import {
  duration,
  filledText,
  oneOf,
  oneOrMore,
  optional,
  type Reader,
  record,
  required,
  text,
} from '@tina/agents';
import { expected } from './expected.ts';
import { faults } from './fault.ts';

/** The version of the format. */
const VERSION = 1;

/** Letters that a feature's name is made of; Tina itself says what more it asks of one. */
const FEATURE = /^[a-z0-9][a-z0-9-]*$/;

const featureName: Reader<string> = (node, notes) => {
  const name = filledText(node, notes);
  if (name === undefined || FEATURE.test(name)) return name;
  notes.note(node, `expected a name of small letters, digits and hyphens, found "${name}"`);
  return undefined;
};

/** How long things may take until the watcher speaks of them, or the scenario is given up. */
const limits = record({
  timeout: optional(duration),
  run: optional(duration),
  tasks: optional(duration),
  progress: optional(duration),
  agent: optional(duration),
});

/** The form of `scenario.yaml`. */
export const scenarioFile = record({
  version: required(oneOf([VERSION])),
  title: required(filledText),
  about: optional(text),
  feature: required(featureName),
  design: optional(filledText),
  repository: optional(filledText),
  script: optional(filledText),
  config: optional(filledText),
  launch: optional(oneOrMore(text)),
  without: optional(oneOrMore(filledText)),
  faults: optional(faults),
  limits: optional(limits),
  expected: required(expected),
});

type ValueOf<R> = R extends Reader<infer T> ? T : never;

/** `scenario.yaml` as it was read. */
export type ScenarioFile = ValueOf<typeof scenarioFile>;

/** In milliseconds. */
export interface ScenarioLimits {
  /** When a run that has not come to its end is given up. */
  readonly timeoutMs: number;
  /** Until a run is there. */
  readonly runMs: number;
  /** Until a phase that is being planned has tasks. */
  readonly tasksMs: number;
  /** Without an event while nothing that may take long is under way. */
  readonly progressMs: number;
  /** Without an event while an agent is at work. */
  readonly agentMs: number;
}

/** A scenario with all of its files. */
export interface Scenario {
  /** Its folder's name. */
  readonly name: string;
  /** How it was asked for: what to type to play it again. */
  readonly given: string;
  readonly title: string;
  readonly about: string | null;
  readonly feature: string;
  /** The design's text. */
  readonly design: string;
  /** What the repository begins with, by path. */
  readonly files: ReadonlyMap<string, string>;
  /** The script of the scripted agent; null when there is none. */
  readonly script: string | null;
  /** `.tina/config.yaml` without version and agents; null: the repository has no configuration of Tina's. */
  readonly config: string | null;
  /** More flags of `tina orchestrate`. */
  readonly launch: readonly string[];
  /** Programs that PATH does not have. */
  readonly without: readonly string[];
  readonly faults: NonNullable<ScenarioFile['faults']>;
  readonly limits: ScenarioLimits;
  readonly expected: ScenarioFile['expected'];
  /** Files that the base branch must hold at the end, by path. */
  readonly expectedFiles: ReadonlyMap<string, string>;
}
