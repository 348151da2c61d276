/** Long enough for any sensible name, short enough for a branch, a team and a path that carry it. */
export const MAX_FEATURE_NAME_LENGTH = 80;

/**
 * The feature that a design's file is about: the file's name without folders, extension, leading date (`2026-01-26-` or
 * `20260126-`) and trailing `-design`, in kebab-case of ASCII letters and digits. Null when nothing remains.
 */
export function featureName(fileName: string): string | null {
  const baseName = fileName.replace(/^.*[/\\]/s, '').replace(/\.[a-z][a-z0-9]*$/i, '');
  const name = toKebabCase(baseName)
    .replace(/^\d{4}-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])(?=-|$)/, '')
    .replace(/-design-?$/, '')
    .replace(/^-/, '')
    .slice(0, MAX_FEATURE_NAME_LENGTH)
    .replace(/-$/, '');
  return name === '' ? null : name;
}

/** Whether a text is a feature name as `featureName` makes them: safe in branches, paths and session names. */
export function isFeatureName(text: string): boolean {
  return text.length <= MAX_FEATURE_NAME_LENGTH && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text);
}

/** May begin or end with one dash, so that a date or suffix that was the whole name is still seen as such. */
function toKebabCase(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/(?![A-Za-z])[\p{L}\p{M}]/gu, '')
    .replace(/([a-z0-9])(?=[A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$&-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
}
