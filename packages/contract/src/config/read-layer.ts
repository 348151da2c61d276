import type { ErrorData } from '../error/tina-error.ts';
import { parseConfigDocument, type ConfigDocument } from './config-document.ts';
import { configFileSchema, type ConfigFile } from './config-schema.ts';
import { describeIssue } from './describe-issue.ts';
import type { ConfigOrigin, ConfigSource } from './effective-config.ts';

/** One configuration file that was read and fits the format. */
export interface ConfigLayer {
  readonly origin: Exclude<ConfigOrigin, 'default'>;
  readonly document: ConfigDocument;
  readonly file: Partial<ConfigFile>;
}

export type LayerResult =
  | { readonly ok: true; readonly layer: ConfigLayer }
  | { readonly ok: false; readonly errors: readonly ErrorData[] };

/** Reads one file; every mistake in it is reported, not only the first. A file without content sets nothing. */
export function readLayer(origin: ConfigLayer['origin'], source: ConfigSource): LayerResult {
  const parsed = parseConfigDocument(source);
  if (!parsed.ok) return parsed;
  const { document } = parsed;
  if (document.value === undefined) return { ok: true, layer: { origin, document, file: {} } };
  const checked = configFileSchema.safeParse(document.value);
  if (checked.success) return { ok: true, layer: { origin, document, file: checked.data } };
  const errors = checked.error.issues.flatMap((issue) => describeIssue(issue, document));
  return { ok: false, errors: errors.toSorted(byPlace) };
}

function byPlace(a: ErrorData, b: ErrorData): number {
  return (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0);
}
