import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isLookingCommand } from './looking-command.ts';

it.each([
  'git log --oneline',
  'git -C src log -5 --format="%h %s (%an)" -- .',
  'git --no-pager diff HEAD~1 && git status --short; ls -la',
  "grep -rn 'foo(bar|baz)' src | head -5",
  'cat package.json 2>/dev/null || echo none',
  'ls src 2>&1 | wc -l',
  "sed -n '1,40p' src/index.ts",
  'find . -name "*.ts" -newer README.md',
  'sort -rn sizes.txt | cut -f1',
  'tina report review --pass',
  "tina report plan - <<'EOF'\n# Plan\n`touch x`; rm -rf .\n$(date)\nEOF",
  "tina report work - <<'EOF'\nEOF",
  'rg --files -g "*.md"',
])('takes for looking: %s', (command) => {
  expect(isLookingCommand(command)).toBe(true);
});

it.each([
  '',
  'touch x',
  'git commit -m x',
  'git log > log.txt',
  'git log --output=log.txt',
  'git -c core.pager=touch log',
  'git grep -Otouch foo',
  'GIT_EXTERNAL_DIFF=touch git diff',
  'echo x > y',
  'echo $(touch x)',
  'echo `touch x`',
  'echo "$(touch x)"',
  'ls; touch x',
  'ls & touch x',
  'ls\ntouch x',
  'cat <<EOF\n$(touch x)\nEOF',
  "cat <<'EOF' > x\ntext\nEOF",
  "cat <<'EOF'\ntext\nEOF\ntouch x",
  'find . -delete',
  'find . -exec touch {} +',
  'rg --pre touch foo',
  'sort -o x y',
  'sort --output x y',
  'sed -i s/a/b/ x',
  "sed -n '1w x' y",
  'ls (touch x)',
  'bash -c "touch x"',
  'xargs touch',
  'tree -o x',
  'constructor',
  'ls \\; touch x',
  "ls 'open",
  'ls >/dev/nullx',
  'cat x 2>&1x',
])('takes for changing something: %s', (command) => {
  expect(isLookingCommand(command)).toBe(false);
});

it('takes no command that has another program in it, wherever it stands', () => {
  const looks = fc.constantFrom('ls', 'git log', "grep 'a b' c", 'cat "x y"');
  const joint = fc.constantFrom(' && ', ' || ', ' | ', '; ', '\n');
  fc.assert(
    fc.property(fc.array(fc.tuple(looks, joint)), fc.array(looks), (before, after) => {
      const beginning = before.map((pair) => pair.join('')).join('');
      const end = after.map((command) => ` && ${command}`).join('');
      expect(isLookingCommand(`${beginning}ls${end}`)).toBe(true);
      expect(isLookingCommand(`${beginning}rm x${end}`)).toBe(false);
    }),
  );
});
