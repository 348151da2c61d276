// `new URL('./x', import.meta.url)` names a file beside the source. In a bundle the source's folder is gone, so the file
// goes along: another program becomes the built program, everything else (a template, a schema) is copied.
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { root } from './sources.mjs';

const pattern = /new URL\(\s*(['"])(\.[^'"]*)\1\s*,\s*import\.meta\.url\s*,?\s*\)/g;

/** A rolldown plugin. `programs` maps a program's name to its entry, relative to the root. */
export function moduleUrls(programs) {
  const built = new Map(Object.entries(programs).map(([name, entry]) => [join(root, entry), `${name}.mjs`]));
  return {
    name: 'module-urls',
    transform: {
      filter: { id: /[/\\]packages[/\\][^/\\]+[/\\]src[/\\]/, code: 'import.meta.url' },
      handler(code, id) {
        return code.replace(pattern, (_whole, _quote, specifier) => {
          const path = resolve(dirname(id), specifier);
          const program = built.get(path);
          if (program !== undefined) return `new URL('./${program}', import.meta.url)`;
          if (!statSync(path, { throwIfNoEntry: false })?.isFile() || path.endsWith('.ts')) {
            this.error(
              `${relative(root, id)}: '${specifier}' is neither a program nor a file that a build can carry`,
            );
          }
          const file = this.emitFile({ type: 'asset', name: basename(path), source: readFileSync(path) });
          return `new URL('./${this.getFileName(file)}', import.meta.url)`;
        });
      },
    },
  };
}
