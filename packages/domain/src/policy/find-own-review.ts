import { REVIEWS_OF_WORK, type Role } from './role.ts';
import type { RunPolicy } from './policy.ts';
import { chosenRoute, route } from './route.ts';
import type { Route } from './routing-policy.ts';

export interface OwnReview {
  readonly phase: string;
  readonly role: Role;
  /** Who does the work, and would review it. */
  readonly author: Route;
}

type Routing = Pick<RunPolicy, 'agent' | 'modelOverride' | 'routing' | 'knownModels' | 'taskReview'>;

/** The first review that nobody but its author could do although reviewers must differ; null when there is none. */
export function findOwnReview(policy: Routing, phases: readonly string[]): OwnReview | null {
  for (const phase of phases) {
    for (const author of authorsOf(policy, phase)) {
      const request = { phase, task: null, authors: [author], limited: [] };
      const role = reviewsOf(policy).find((each) => route(policy, { ...request, role: each }) === null);
      if (role !== undefined) return { phase, role, author };
    }
  }
  return null;
}

/** Everyone who may come to do a task of the phase: by its tags, and by the model that its plan gives it. */
function authorsOf(policy: Routing, phase: string): readonly Route[] {
  const { modelOverride, knownModels, routing } = policy;
  const models = modelOverride === null && knownModels.length > 0 ? knownModels : [null];
  const tags = [[], ...Object.keys(routing?.tags ?? {}).map((tag) => [tag])];
  return tags.flatMap((each) =>
    models.map((model) => {
      const { agent, model: used } = chosenRoute(policy, {
        role: 'implementer',
        phase,
        task: { model, tags: each },
      });
      return { agent, model: used };
    }),
  );
}

function reviewsOf({ taskReview }: Routing): readonly Role[] {
  return REVIEWS_OF_WORK.filter((role) => role === 'reviewer' || taskReview !== 'none');
}
