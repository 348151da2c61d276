import { describe, expect, it } from 'vitest';
import { fitHelp } from './fit-help.ts';

describe('help on a terminal', () => {
  it('breaks long lines below the column they belong to', () => {
    const help = [
      'USAGE',
      '  tina orchestrate [--new] [--feature name] [--base branch] <design.md>',
      '',
      'A sentence that is longer than the terminal on which it is read.',
      '     [--new]   Start another run, even if the design has one   [default = false]',
      '  -y [--yes]   Ask nothing       [default = false]',
    ].join('\n');
    expect(fitHelp(help, 40).split('\n')).toEqual([
      'USAGE',
      '  tina orchestrate [--new] [--feature',
      '      name] [--base branch] <design.md>',
      '',
      'A sentence that is longer than the',
      'terminal on which it is read.',
      '     [--new]   Start another run, even',
      '               if the design has one',
      '               [default = false]',
      '  -y [--yes]   Ask nothing [default =',
      '               false]',
    ]);
  });

  it('gives up the gap before the last column first', () => {
    expect(fitHelp('  -y [--yes]  Ask nothing            [default = false]', 44)).toBe(
      '  -y [--yes]  Ask nothing [default = false]',
    );
  });

  it('stays as it is where lines may be long, and where a word is', () => {
    const line = `  tina ${'x'.repeat(100)}`;
    expect(fitHelp(line, undefined)).toBe(line);
    expect(fitHelp('x'.repeat(100), 40)).toBe('x'.repeat(100));
  });
});
