import { expect, it } from 'vitest';
import { isLookingCommand } from './looking-command.ts';
import { withoutHandOver } from './without-hand-over.ts';

const PLACES = { worktree: '/w', folders: ['/a/out', '/a/tmp'] };

const mayDo = (command: string): boolean => isLookingCommand(withoutHandOver(command, PLACES));

it.each([
  'echo "$TINA_OUT"',
  'tina report plan --file $TINA_OUT/plan.md',
  'tina report plan --file "${TINA_OUT}/plan.md"',
  'cat $TMPDIR/notes.txt',
  'git diff HEAD~1 > $TINA_OUT/diff.txt',
  'git log >> "$TINA_OUT/log.txt" && tina report work --summary done',
  `cat > "$TINA_OUT/plan.md" <<'EOF'\n# Plan: $HOME > /etc/passwd\nEOF\ntina report plan --file $TINA_OUT/plan.md`,
  `cat <<'EOF' > $TINA_OUT/plan.md\n# Plan\nEOF`,
])('lets one that reads hand over: %s', (command) => {
  expect(mayDo(command)).toBe(true);
});

it.each([
  'echo x > in-tree.txt',
  'echo x > $TINA_OUT/../launch.json',
  'echo x > "$TINA_OUT/$NAME"',
  'echo x > /a/outside.txt',
  'echo x >$HOME/x',
  'touch $TINA_OUT/x',
  'echo $TINA_OUTSIDE',
  'echo x > $TINA_OUT/a > in-tree.txt',
  "sh -c 'echo x > in-tree.txt'",
])('G21 lets it write nowhere else: %s', (command) => {
  expect(mayDo(command)).toBe(false);
});
