import type { Role } from './role.ts';

/** Who does a piece of work. */
export interface Route {
  /** By its configured name. */
  readonly agent: string;
  /** Null: the agent's own. */
  readonly model: string | null;
}

/** What a setting says of who does the work: an agent, a model, or both. */
export interface RouteRule {
  readonly agent: string | null;
  readonly model: string | null;
}

/** Who does what in a run. */
export interface RoutingPolicy {
  /** The agent that the command line names for all work; null: none. */
  readonly agentOverride: string | null;
  readonly roles: Readonly<Partial<Record<Role, RouteRule>>>;
  /** Agents by model: by its whole name, or by its beginning and `*`. */
  readonly models: Readonly<Record<string, string>>;
  /** By number; what stands at a phase of the design holds for its remediations too. */
  readonly phases: Readonly<Record<string, RouteRule>>;
  readonly tags: Readonly<Record<string, RouteRule>>;
  /** Who takes over from whoever has met a limit, the first that has not met one itself. */
  readonly fallback: readonly Route[];
  /** Nobody reviews work of its own. */
  readonly reviewersDiffer: boolean;
}
