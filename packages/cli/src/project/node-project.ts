import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectPart, ProposedCheck } from './look-at-project.ts';

interface Manager {
  readonly lock: string;
  readonly setup: string;
  readonly run: string;
}

const MANAGERS: readonly Manager[] = [
  { lock: 'pnpm-lock.yaml', setup: 'pnpm install --frozen-lockfile', run: 'pnpm run' },
  { lock: 'bun.lock', setup: 'bun install --frozen-lockfile', run: 'bun run' },
  { lock: 'bun.lockb', setup: 'bun install --frozen-lockfile', run: 'bun run' },
  { lock: 'package-lock.json', setup: 'npm ci', run: 'npm run' },
  { lock: 'npm-shrinkwrap.json', setup: 'npm ci', run: 'npm run' },
];

/** Scripts that check something, the first name that exists of each line. */
const SCRIPTS: readonly {
  readonly name: string;
  readonly scripts: readonly string[];
  readonly at: ProposedCheck['at'];
}[] = [
  { name: 'test', scripts: ['test'], at: ['task', 'phase', 'finalize'] },
  {
    name: 'types',
    scripts: ['typecheck', 'type-check', 'check-types', 'tsc'],
    at: ['task', 'phase', 'finalize'],
  },
  { name: 'lint', scripts: ['lint'], at: ['phase', 'finalize'] },
  { name: 'build', scripts: ['build'], at: ['finalize'] },
];

/** What `npm init` writes: it fails by design. */
const PLACEHOLDER = 'no test specified';

export function nodeProject(root: string): ProjectPart | null {
  const path = join(root, 'package.json');
  if (!existsSync(path)) return null;
  const scripts = readScripts(path);
  const manager = findManager(root);
  const checks = SCRIPTS.flatMap(({ name, scripts: names, at }) => {
    const script = names.find((one) => scripts[one] !== undefined && !scripts[one].includes(PLACEHOLDER));
    if (script === undefined) return [];
    const run = manager?.run ?? 'npm run';
    return [{ name, command: script === 'test' && run === 'npm run' ? 'npm test' : `${run} ${script}`, at }];
  });
  return {
    seen: manager ? `package.json with ${manager.lock}` : 'package.json without a lock file',
    setup: manager?.setup ?? null,
    checks,
  };
}

function findManager(root: string): Manager | undefined {
  if (existsSync(join(root, 'yarn.lock'))) {
    const modern = existsSync(join(root, '.yarnrc.yml'));
    return {
      lock: 'yarn.lock',
      setup: `yarn install ${modern ? '--immutable' : '--frozen-lockfile'}`,
      run: 'yarn run',
    };
  }
  return MANAGERS.find(({ lock }) => existsSync(join(root, lock)));
}

/** A package.json that cannot be read proposes nothing; npm itself will say what is wrong with it. */
function readScripts(path: string): Readonly<Record<string, string>> {
  try {
    const { scripts } = JSON.parse(readFileSync(path, 'utf8')) as { readonly scripts?: unknown };
    if (typeof scripts !== 'object' || scripts === null) return {};
    return Object.fromEntries(Object.entries(scripts).filter(([, value]) => typeof value === 'string'));
  } catch {
    return {};
  }
}
