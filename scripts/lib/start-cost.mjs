// Every command pays for what the program imports before it knows which command it is. These may only be loaded by the
// command that needs them; the numbers are CPU time at start.
import { relative } from 'node:path';
import { root } from './sources.mjs';

const heavy = {
  zod: '22 to 38 ms',
  execa: '76 ms',
  kysely: '9 ms',
  pino: '14 ms',
  hono: '14 ms',
  pg: '19 ms',
  'better-sqlite3': 'a native library',
};

function heavyPackage(id) {
  return Object.keys(heavy).find((name) => id === name || id.includes(`/node_modules/${name}/`));
}

/** The way from the entry to the package of `id`: it shows which import to make lazy or type-only. */
function importChain(context, id) {
  const chain = [id];
  for (let info = context.getModuleInfo(id); info !== null && !info.isEntry;) {
    const importer = info.importers.find((one) => !chain.includes(one));
    if (importer === undefined) break;
    chain.unshift(importer);
    info = context.getModuleInfo(importer);
  }
  const end = chain.findIndex((one) => heavyPackage(one) !== undefined);
  return chain
    .slice(0, end + 1)
    .map((one) => relative(root, one))
    .join('\n  > ');
}

/** A rolldown plugin: refuses a build whose entry loads a heavy package at start. */
export function startCost(program) {
  return {
    name: 'start-cost',
    generateBundle(_options, bundle) {
      const atStart = new Set();
      const visit = (fileName) => {
        if (atStart.has(fileName)) return;
        atStart.add(fileName);
        for (const imported of bundle[fileName]?.imports ?? []) visit(imported);
      };
      visit(Object.values(bundle).find((file) => file.isEntry).fileName);
      for (const fileName of atStart) {
        const ids = bundle[fileName] === undefined ? [fileName] : Object.keys(bundle[fileName].modules ?? {});
        const id = ids.find((one) => heavyPackage(one) !== undefined);
        if (id === undefined) continue;
        const name = heavyPackage(id);
        this.error(
          `${program} would load ${name} (${heavy[name]}) with every command:\n  ${importChain(this, id)}`,
        );
      }
    },
  };
}
