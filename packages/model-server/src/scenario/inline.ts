import type { Scenario } from './step.ts';

/** The steps as a marker that stands in a prompt, for a server that knows no scenario of that name. */
export function inline(steps: Scenario): string {
  return `%%${JSON.stringify(steps)}`;
}
