import { TinaError, type ErrorData } from '../error/tina-error.ts';

/** The mistakes of `mergeConfig` as one error; with several, each is a line of its details. */
export function configError(errors: readonly ErrorData[]): TinaError {
  const [first] = errors;
  const own = [...new Set(errors.flatMap((error) => error.next))];
  const next = own.length > 0 ? own : ['correct it;  tina config  says whether it can be read then'];
  if (first !== undefined && errors.length === 1) return TinaError.fromData({ ...first, next });
  return new TinaError({
    code: 'config_invalid',
    message: `The configuration has ${errors.length} mistakes.`,
    details: errors.map(({ message, place }) => {
      const position = place?.line == null ? '' : `:${place.line}:${place.column ?? 1}`;
      return place?.file == null ? message : `${place.file}${position} ${message}`;
    }),
    next,
  });
}
