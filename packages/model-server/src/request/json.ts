import type { Json, JsonObject } from '../scenario/step.ts';

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isString(value: Json | undefined): value is string {
  return typeof value === 'string';
}

/** The list under a name, empty when there is none. */
export function listAt(value: Json | undefined, name: string): readonly Json[] {
  const list = isObject(value) ? value[name] : undefined;
  return Array.isArray(list) ? (list as readonly Json[]) : [];
}

/** The text under a name, empty when there is none. */
export function textAt(value: Json | undefined, name: string): string {
  const text = isObject(value) ? value[name] : undefined;
  return isString(text) ? text : '';
}

/** The object under a name, empty when there is none. */
export function objectAt(value: Json | undefined, name: string): JsonObject {
  const object = isObject(value) ? value[name] : undefined;
  return isObject(object) ? object : {};
}
