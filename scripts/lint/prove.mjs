// Proves that the lint rules fire: a rule that is misspelt, or whose pattern matches nothing, looks like clean code.
// (oxlint takes a pattern with a look-ahead, for one, and never matches it.) Writes one bad file for each rule into a
// folder of its own, lints it with the project's configuration, and compares.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../lib/sources.mjs';

const mayImport = {
  'domain/src': [],
  'contract/src': ['domain'],
  'store/src': ['contract', 'domain'],
  'agents/src': ['contract', 'domain'],
  'agents/src/testing': ['contract', 'domain', 'model-server'],
  'agents/src/conformance': ['contract', 'domain', 'model-server'],
  'model-server/src': [],
  'control-plane/src': ['store', 'contract', 'domain'],
  'daemon/src': ['agents', 'contract', 'domain'],
  'client/src': ['contract', 'domain'],
  'cli/src': ['client', 'contract', 'domain'],
  'cli/src/service': ['client', 'contract', 'domain', 'control-plane', 'daemon', 'store', 'agents'],
  'harness/src': [
    'domain',
    'contract',
    'store',
    'agents',
    'control-plane',
    'daemon',
    'client',
    'cli',
    'model-server',
  ],
};
const packages = [
  'harness',
  'cli',
  'client',
  'daemon',
  'control-plane',
  'agents',
  'store',
  'contract',
  'domain',
  'model-server',
];

/** [folder, code, the rule that must fire or null for none] */
const cases = [
  ['store/src', 'export function f(g: () => Promise<void>): void { g(); }', 'no-floating-promises'],
  [
    'store/src',
    'export function f(g: () => Promise<boolean>): number { return g() ? 1 : 2; }',
    'no-misused-promises',
  ],
  ['store/src', 'export async function f(): Promise<void> { await 5; }', 'await-thenable'],
  [
    'store/src',
    "export function f(k: 'a' | 'b'): void { switch (k) { case 'a': } }",
    'switch-exhaustiveness-check',
  ],
  ['store/src', 'export default 5;', 'no-default-export'],
  ['store/src', "export * from './other.ts';", 'no-export-star'],
  ['store/src', 'export enum Colour { Red }', 'no-enum'],
  ['store/src', "import { a } from './cycle.ts';\nexport const b: number = a;", 'no-cycle'],
  ['store/src', Array.from({ length: 301 }, (_, n) => `export const a${n} = ${n};`).join('\n'), 'max-lines'],
  ['store/src', `export function f(): void {\n${'  f();\n'.repeat(61)}}`, 'max-lines-per-function'],
  ['store/src', 'export function f(a: any): void { void a; }', 'no-explicit-any'],
  ['store/src', "import { a } from './other.ts';\nexport type A = typeof a;", 'consistent-type-imports'],
  ['store/src', "export type A = import('./other.ts').A;", 'consistent-type-imports'],
  ['store/src', "export const a: string = JSON.parse('1');", 'no-unsafe-assignment'],
  ['store/src', "export { a } from '@tina/domain/src/index.ts';", 'package-boundary'],
  ['store/src', "export const f = import('../../domain/src/index.ts');", 'package-boundary'],
  ['store/src', "export { a } from './other.js';", 'package-boundary'],
  ['store/src', "export { execa } from 'execa';", 'package-boundary'],
  ['daemon/src', "export { execa } from 'execa';", null],
  ['store/src', "expect('a').toMatchObject({ a: [{ b: /x/ }] });", 'no-bare-pattern'],
  ['store/src', "expect(['a']).toEqual(expect.arrayContaining([/x/]));", 'no-bare-pattern'],
  ['domain/src', "export { readFileSync } from 'node:fs';", 'no-restricted-imports'],
  ['domain/src', 'export const now = Date.now();', 'no-restricted-properties'],
  ['domain/src', 'export const chance = Math.random();', 'no-restricted-properties'],
  ['domain/src', 'export const now = new Date();', 'domain-purity'],
  ['domain/src', 'export const epoch = new Date(5).toISOString();', null],
  ['domain/src', 'export type Later = () => Promise<void>;', 'domain-purity'],
  ['domain/src', 'export const later = Promise.resolve(1);', 'no-restricted-globals'],
  ['domain/src', 'export const f = async (): Promise<void> => {};', 'no-async-await'],
  ['domain/src', 'export const a: number = await 5;', 'domain-purity'],
  ...Object.entries(mayImport).flatMap(([folder, allowed]) =>
    packages
      .filter((name) => folder.split('/')[0] !== name)
      .flatMap((name) => {
        const rule = allowed.includes(name) ? null : 'no-restricted-imports';
        const asType = `import type { A } from '@tina/${name}';\nexport type B = A;`;
        return [asType, `export const f = (): unknown => import('@tina/${name}');`].map((code) => [
          folder,
          code,
          rule,
        ]);
      }),
  ),
];

function write(folder, path, code) {
  const file = join(folder, 'packages', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${code}\n`);
}

function lint(folder) {
  for (const path of ['.oxlintrc.json', 'tsconfig.base.json', 'tsconfig.json', 'scripts/lint']) {
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const oxlint = join(root, 'node_modules/.bin/oxlint');
  const options = { cwd: folder, encoding: 'utf8', maxBuffer: 64 << 20 };
  const { stdout, stderr } = spawnSync(process.execPath, [oxlint, '--format', 'json', 'packages'], options);
  try {
    return JSON.parse(stdout).diagnostics;
  } catch {
    throw new Error(`oxlint gave no findings:\n${stdout}${stderr}`);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'tina-lint-'));
try {
  write(folder, 'store/src/other.ts', 'export const a = 1;\nexport type A = number;');
  write(folder, 'store/src/cycle.ts', "import { b } from './case-7.ts';\nexport const a: number = b;");
  for (const [index, [where, code]] of cases.entries()) write(folder, `${where}/case-${index}.ts`, code);
  const diagnostics = lint(folder);
  for (const [index, [where, code, rule]] of cases.entries()) {
    const file = `packages/${where}/case-${index}.ts`;
    const fired = diagnostics.filter(({ filename }) => filename === file).map((finding) => finding.code);
    const proven = rule === null ? fired.length === 0 : fired.some((one) => one.includes(`(${rule})`));
    if (proven) continue;
    process.exitCode = 1;
    const expected = rule === null ? 'nothing' : rule;
    console.log(
      `${where}: expected ${expected}, found ${fired.join(', ') || 'nothing'}:\n${code.slice(0, 200)}\n`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
