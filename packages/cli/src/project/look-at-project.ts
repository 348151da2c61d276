import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gitIgnored } from './git-ignored.ts';
import { nodeProject } from './node-project.ts';

export interface ProposedCheck {
  readonly name: string;
  readonly command: string;
  readonly at: readonly ('task' | 'phase' | 'finalize')[];
}

/** What a kind of project is prepared and checked with. */
export interface ProjectPart {
  /** What showed it, for the person: `package.json with package-lock.json`. */
  readonly seen: string;
  readonly setup: string | null;
  readonly checks: readonly ProposedCheck[];
}

export interface ProjectFacts {
  readonly parts: readonly ProjectPart[];
  /** Ignored files that a worktree would lack. */
  readonly include: readonly string[];
}

const EVERYWHERE = ['task', 'phase', 'finalize'] as const;
const LATER = ['phase', 'finalize'] as const;

/** Reads what a project says of itself; runs nothing of it. */
export async function lookAtProject(root: string): Promise<ProjectFacts> {
  const parts = [nodeProject(root), pythonProject(root), rustProject(root), goProject(root)].filter(
    (part) => part !== null,
  );
  return {
    parts: parts.length > 0 ? parts : [makeProject(root)].filter((part) => part !== null),
    include: await environmentFiles(root),
  };
}

/** `.env` and its kin, except examples, where git ignores them: a worktree would come without. */
async function environmentFiles(root: string): Promise<readonly string[]> {
  const names = readdirSync(root).filter(
    (name) => /^\.env(?:\.|$)/.test(name) && !/\.(?:example|sample|template|dist)$/.test(name),
  );
  return gitIgnored(root, names.toSorted());
}

function pythonProject(root: string): ProjectPart | null {
  const text = readIfThere(join(root, 'pyproject.toml'));
  if (text === null) return null;
  const tool = [
    { lock: 'uv.lock', setup: 'uv sync', prefix: 'uv run ' },
    { lock: 'poetry.lock', setup: 'poetry install', prefix: 'poetry run ' },
    { lock: 'pdm.lock', setup: 'pdm sync', prefix: 'pdm run ' },
  ].find(({ lock }) => existsSync(join(root, lock)));
  const prefix = tool?.prefix ?? '';
  const uses = (name: string): boolean => text.includes(name);
  return {
    seen: tool ? `pyproject.toml with ${tool.lock}` : 'pyproject.toml',
    setup: tool?.setup ?? null,
    checks: [
      ...(uses('pytest') ? [{ name: 'test', command: `${prefix}pytest`, at: EVERYWHERE }] : []),
      ...(uses('ruff') ? [{ name: 'lint', command: `${prefix}ruff check`, at: LATER }] : []),
      ...(uses('mypy') ? [{ name: 'types', command: `${prefix}mypy .`, at: EVERYWHERE }] : []),
    ],
  };
}

function rustProject(root: string): ProjectPart | null {
  if (!existsSync(join(root, 'Cargo.toml'))) return null;
  const checks = [{ name: 'test', command: 'cargo test', at: EVERYWHERE }];
  return { seen: 'Cargo.toml', setup: null, checks };
}

function goProject(root: string): ProjectPart | null {
  if (!existsSync(join(root, 'go.mod'))) return null;
  const checks = [
    { name: 'test', command: 'go test ./...', at: EVERYWHERE },
    { name: 'vet', command: 'go vet ./...', at: LATER },
  ];
  return { seen: 'go.mod', setup: null, checks };
}

/** Only where nothing more telling was found: a Makefile often just calls what is checked already. */
function makeProject(root: string): ProjectPart | null {
  const text = readIfThere(join(root, 'Makefile'));
  if (text === null) return null;
  const has = (target: string): boolean => new RegExp(`^${target}\\s*:(?!=)`, 'm').test(text);
  return {
    seen: 'Makefile',
    setup: null,
    checks: [
      ...(has('test') ? [{ name: 'test', command: 'make test', at: EVERYWHERE }] : []),
      ...(has('check') && !has('test') ? [{ name: 'check', command: 'make check', at: EVERYWHERE }] : []),
      ...(has('lint') ? [{ name: 'lint', command: 'make lint', at: LATER }] : []),
    ],
  };
}

function readIfThere(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}
