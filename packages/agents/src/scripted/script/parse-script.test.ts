import { REPORT_KINDS } from '@tina/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROLE_REPORTS } from '../role-reports.ts';
import { parseScript } from './parse-script.ts';
import { findEntry } from './script.ts';
import { STEPS } from './steps.ts';

/** `line:column message` of everything that is wrong. */
function problemsOf(source: string): readonly string[] {
  return parseScript(source).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

/** The problem of one step, at its place within the step. */
function problemOf(step: string): readonly string[] {
  return problemsOf(`version: 1\nentries:\n  - do:\n${step.replace(/^/gm, '    ')}\n`);
}

describe('a script', () => {
  it('is read with what every step was given', () => {
    const { script, problems } = parseScript(
      [
        'version: 1',
        'entries:',
        '  - when: { role: implementer, phase: 1.10, task: [1, 2], attempt: 1, turn: any }',
        '    do:',
        '      - write: { path: a.txt, content: 12 }',
        '      - commit: Add a',
        '      - sleep: 1m30s',
        '      - nothing',
      ].join('\n'),
    );
    expect(problems).toEqual([]);
    expect(script?.entries).toEqual([
      {
        line: 3,
        when: { role: ['implementer'], phase: ['1.10'], task: [1, 2], attempt: [1], turn: 'any' },
        steps: [
          { kind: 'write', line: 5, path: 'a.txt', content: '12', append: null, executable: null },
          { kind: 'commit', line: 6, message: 'Add a', paths: null },
          { kind: 'sleep', line: 7, for: 90_000 },
          { kind: 'nothing', line: 8 },
        ],
      },
    ]);
  });

  it('may repeat steps with an anchor', () => {
    const source = 'version: 1\nentries:\n  - do: &steps [{ say: hi }]\n  - do: *steps\n';
    expect(parseScript(source).script?.entries.map(({ steps }) => steps.length)).toEqual([1, 1]);
  });

  it('may be empty of entries, but not empty', () => {
    expect(parseScript('version: 1\nentries: []').script).toEqual({ entries: [] });
    expect(problemsOf('')).toEqual(['1:1 "version" is missing', '1:1 "entries" is missing']);
  });
});

describe('G31 a mistake in a script', () => {
  it('is told with its place, and all of them at once', () => {
    const source = [
      'version: 2',
      'entriez: []',
      'entries:',
      '  - when: { role: implementor, phase: x, task: 0 }',
      '    do:',
      '      - wriet: { path: a.txt }',
      '      - commit: { mesage: a }',
      '  - do: [exit, { say: hi }]',
    ].join('\n');
    expect(problemsOf(source)).toEqual([
      '1:10 expected 1, found 2',
      '2:1 unknown key "entriez" (known: version, entries)',
      expect.stringMatching(/^4:19 expected validator, .*, found "implementor"$/),
      '4:39 expected the number of a phase such as 1 or 1.5, found "x"',
      '4:48 expected a whole number from 1, found 0',
      expect.stringMatching(/^6:9 unknown step "wriet" \(known: write, /),
      '7:17 "message" is missing',
      '7:19 unknown key "mesage" (known: message, paths)',
      '8:16 "say" is never reached: "exit" ends the turn',
    ]);
  });

  it.each([
    ['- write: { path: a }', '4:14 expected either "content" or "append"'],
    ['- write: { path: a, content: b, append: c }', '4:14 expected either "content" or "append"'],
    [
      '- write: { path: /etc/passwd, content: b }',
      '4:22 expected a path relative to the worktree, found an absolute one',
    ],
    [
      '- write: { path: a/../../b, content: b }',
      '4:22 expected a path inside the worktree, found one with ".."',
    ],
    ['- delete: .git/config', '4:15 expected a path outside of .git'],
    ['- write', '4:7 "path" is missing'],
    ['- commit: ""', '4:15 expected text, found an empty one'],
    ['- commit: [a]', '4:15 expected text, found a list'],
    ['- conflict: [a]', '4:17 expected keys with values (path, content), found a list'],
    ['- say: { text: [a] }', '4:20 expected text, found a list'],
    ['- sleep: 3', '4:14 expected a duration such as 200ms, 5s or 1m30s, found 3'],
    ['- sleep: 3 parsecs', '4:14 expected a duration such as 200ms, 5s or 1m30s, found "3 parsecs"'],
    ['- hang: { ignoreSigterm: maybe }', '4:30 expected true or false, found "maybe"'],
    ['- crash: { exitCode: 256 }', '4:26 expected a whole number from 0 to 255, found 256'],
    ['- usage: { costUsd: -1 }', '4:25 expected a number from 0, found -1'],
    ['- resolve: { files: a }', '4:25 expected a list, found "a"'],
    ['- exit: now', '4:13 expected keys with values (), found "now"'],
    ['- { say: a, run: b }', '4:7 expected one step, such as "commit: Add it", found keys with values'],
    ['- [say, a]', '4:7 expected one step, such as "commit: Add it", found a list'],
    ['- plan: {}', '4:13 expected either "tasks" or "markdown"'],
    ['- report: maybe', '4:15 expected pass, warning, stop, done, found "maybe"'],
    [
      '- report:',
      '4:14 a report needs a "kind": validation, work, review, error; or is pass, warning, stop, done',
    ],
    [
      '- report: { kind: wrok }',
      '4:23 unknown kind of report "wrok" (known: validation, work, review, error; a plan has its own step)',
    ],
    [
      '- report: { kind: [work] }',
      '4:23 unknown kind of report that is no text (known: validation, work, review, error; a plan has its own step)',
    ],
    [
      '- report: { kind: review, verdict: pass, verdicts: perhaps }',
      '4:56 expected closed, open, found "perhaps"',
    ],
    ['  exit', '4:7 expected a list, found "exit"'],
    ['- *nowhere', '4:7 expected one step, such as "commit: Add it", found nothing'],
  ])('%s', (step, problem) => {
    expect(problemOf(step)).toEqual([problem]);
  });

  it('is told when it is one of YAML', () => {
    expect(problemsOf('version: 1\nversion: 1\nentries: []')).toEqual(['2:1 Map keys must be unique']);
    expect(problemsOf('entries: [')[0]).toMatch(/^1:11 /);
    expect(problemsOf('a: 1\n---\nb: 2')[0]).toMatch(/multiple documents/);
  });

  it('is told when a small file means a giant one', () => {
    const levels = Array.from({ length: 6 }, (_none, level) => {
      const items = level === 0 ? ['x'] : Array.from({ length: 9 }, () => `*l${level - 1}`);
      return `  - &l${level} [${items.join(', ')}]`;
    });
    const tasks = Array.from({ length: 600 }, () => '*step').join(', ');
    const entries = Array.from({ length: 600 }, () => '  - do: *steps').join('\n');
    const bomb = `version: 1\nentries:\n  - do: &steps [ &step { say: a }, ${tasks} ]\n${entries}\n`;
    expect(problemsOf(bomb)).toEqual([expect.stringContaining('more than 50000 values') as string]);
    expect(problemsOf(`version: 1\nentries:\n${levels.join('\n')}`).length).toBeGreaterThan(0);
  });

  it('is told when the file is too large', () => {
    expect(problemsOf(`#${'x'.repeat(1024 * 1024)}`)).toEqual(['1:1 The script is larger than 1024 KiB.']);
  });

  it('never breaks the reader', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.constantFrom(...Object.keys(STEPS)), (text, step) => {
        for (const source of [text, `version: 1\nentries:\n  - do:\n    - ${step}: ${text}`]) {
          const { script, problems } = parseScript(source);
          expect(script === null).toBe(problems.length > 0);
          for (const { line, column } of problems) expect(Math.min(line, column)).toBeGreaterThanOrEqual(1);
        }
      }),
    );
  });
});

describe('an entry', () => {
  const { script } = parseScript('version: 1\nentries:\n  - { when: { phase: 1 }, do: [nothing] }');
  const situation = { role: 'validator', phase: null, planTask: null, roleAttempt: 1, turn: 1 } as const;

  it('of a phase does not fit a task of the whole run', () => {
    expect(script && findEntry(script, situation)).toBeNull();
    expect(script && findEntry(script, { ...situation, phase: '1' })).not.toBeNull();
  });

  it('without a turn fits the first one alone', () => {
    expect(script && findEntry(script, { ...situation, phase: '1', turn: 2 })).toBeNull();
  });
});

it('knows the domain’s kinds of report', () => {
  expect(ROLE_REPORTS).toEqual(REPORT_KINDS);
});
