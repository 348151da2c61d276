import { configJsonSchema } from './config-json-schema.ts';
import type { ConfigPath } from './config-document.ts';

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly propertyNames?: { readonly enum?: readonly string[] };
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
}

/** Made once: it takes as long as reading a hundred files. */
let format: SchemaNode | undefined;

/** The keys that the format knows at a place, whichever form a value of several forms has. */
export function knownKeys(path: ConfigPath): readonly string[] {
  format ??= configJsonSchema();
  const nodes = path.reduce<readonly SchemaNode[]>(
    (current, part) => current.flatMap((node) => children(node, part)),
    [format],
  );
  return [...new Set(nodes.flatMap(keysOf))];
}

function forms(node: SchemaNode): readonly SchemaNode[] {
  return [node, ...(node.anyOf ?? []), ...(node.oneOf ?? [])];
}

function keysOf(node: SchemaNode): readonly string[] {
  return forms(node).flatMap((form) => [
    ...Object.keys(form.properties ?? {}),
    ...(form.propertyNames?.enum ?? []),
  ]);
}

function children(node: SchemaNode, part: PropertyKey): readonly SchemaNode[] {
  return forms(node).flatMap((form) => {
    if (typeof part === 'number') return form.items ? [form.items] : [];
    const named = form.properties?.[String(part)];
    if (named) return [named];
    return typeof form.additionalProperties === 'object' ? [form.additionalProperties] : [];
  });
}
