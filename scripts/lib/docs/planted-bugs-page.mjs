import { mutations } from '../mutations.mjs';

/** `docs/planted-bugs.md`: what `npm run simulate:prove` plants. */
export function plantedBugsPage() {
  const rows = mutations.map(
    ({ name, guarantee, what, file }) => `| ${guarantee} | ${name} | ${what} | \`${file}\` |`,
  );
  return [
    '# Bugs that are planted to prove the simulation',
    '',
    'Made from `scripts/lib/mutations.mjs` by `npm run docs`. `npm run simulate:prove` puts each into a copy of the code and',
    'plays [histories](simulation.md) until one breaks; a bug that none finds fails it.',
    '',
    '| guarantee | name | what is planted | in `packages/` |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
