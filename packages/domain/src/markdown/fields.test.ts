import { describe, expect, it } from 'vitest';
import { collectFields, type FieldLabels, type FieldsOfSection } from './fields.ts';
import { readOutline } from './outline.ts';

const LABELS: FieldLabels = new Map([
  ['model', { name: 'Model', reach: 'line' }],
  ['goal', { name: 'Goal', reach: 'text' }],
  ['command', { name: 'Command', reach: 'code' }],
  ['files', { name: 'Files', reach: 'list' }],
  ['paths', { name: 'Files', reach: 'list' }],
]);

function collect(...lines: string[]): FieldsOfSection {
  return collectFields(readOutline(lines.join('\n')), { first: 1, last: lines.length }, LABELS);
}

function fieldOf(name: string, ...lines: string[]) {
  const { value, items, code } = collect(...lines).fields.get(name) ?? {};
  return { value, items, code };
}

describe('the fields of a section', () => {
  it('are its labelled lines; the rest is its body', () => {
    const { fields, doubles, body } = collect(
      '',
      '**Model:** haiku',
      '**Goal:** fast',
      '',
      'Prose.',
      '',
      'More.',
      '',
    );
    expect([...fields].map(([name, field]) => [name, field.line, field.value])).toEqual([
      ['Model', 2, 'haiku'],
      ['Goal', 3, 'fast'],
    ]);
    expect(doubles).toEqual([]);
    expect(body).toBe('Prose.\n\nMore.');
  });

  it('are read from the given lines only', () => {
    const outline = readOutline('**Model:** a\n\n```\n**Model:** b\n```\n\n**Goal:** c\n\n    code');
    const { fields } = collectFields(outline, { first: 6, last: 7 }, LABELS);
    expect([...fields.keys()]).toEqual(['Goal']);
  });

  it('are bold anywhere, and plain only above the prose', () => {
    expect(collect('Model: a', 'Prose', '**Goal:** b').fields.size).toBe(2);
    expect(collect('Prose', 'Model: a').fields.size).toBe(0);
    expect(collect('Prose', '- Model: a').fields.size).toBe(0);
  });

  it('are not in code blocks or comments', () => {
    const { fields, body } = collect('```', '**Model:** a', '```', '<!--', '**Goal:** b', '-->');
    expect(fields.size).toBe(0);
    expect(body).toBe('```\n**Model:** a\n```\n<!--\n**Goal:** b\n-->');
  });

  it('count once: a later one with the name is a double', () => {
    const { fields, doubles } = collect('**Files:** a', '**Paths:** b');
    expect(fields.get('Files')?.value).toBe('a');
    expect(doubles).toEqual([{ name: 'Files', line: 2, firstLine: 1 }]);
  });
});

describe('a field of one line', () => {
  it('ends with it', () => {
    expect(fieldOf('Model', '**Model:** haiku', 'More')).toMatchObject({ value: 'haiku' });
    expect(collect('**Model:** haiku', 'More').body).toBe('More');
  });
});

describe('a field of text', () => {
  it('ends with its paragraph', () => {
    expect(fieldOf('Goal', '**Goal:** fast', 'and right', '', 'Prose')).toMatchObject({
      value: 'fast\nand right',
    });
  });

  it('may begin below its label', () => {
    expect(fieldOf('Goal', '**Goal:**', '', 'fast', '', 'Prose')).toMatchObject({ value: 'fast' });
    expect(fieldOf('Goal', '**Goal:**', '- fast', '- right')).toMatchObject({ value: '- fast\n- right' });
  });

  it('ends at any bold label', () => {
    const { fields, body } = collect('**Goal:** fast', '**Target:** x');
    expect(fields.get('Goal')?.value).toBe('fast');
    expect(body).toBe('**Target:** x');
  });

  it('goes on over a plain line with a colon', () => {
    expect(fieldOf('Goal', '**Goal:** fast', 'Note: really')).toMatchObject({ value: 'fast\nNote: really' });
  });
});

describe('a field of code', () => {
  it('takes the first code block below it', () => {
    const lines = ['**Command:** (often)', '', '```sh', 'npm test', '```', '', '```', 'other', '```'];
    expect(fieldOf('Command', ...lines)).toEqual({ value: '(often)', items: [], code: 'npm test' });
    expect(collect(...lines).body).toBe('```\nother\n```');
  });

  it('takes nothing after its code', () => {
    expect(fieldOf('Command', '**Command:**', '```', 'a', '```', 'Prose')).toEqual({
      value: '',
      items: [],
      code: 'a',
    });
  });

  it('takes no code from below other prose', () => {
    expect(fieldOf('Command', '**Command:** a', '', 'Prose', '', '```', 'b', '```')).toMatchObject({
      code: null,
    });
  });

  it('looks past a comment', () => {
    expect(fieldOf('Command', '**Command:**', '<!-- x -->', '```', 'a', '```')).toMatchObject({ code: 'a' });
  });
});

describe('a field of a list', () => {
  it('takes what stands beside its label and the items below', () => {
    expect(fieldOf('Files', '**Files:** a', '- b', '* c', '1. d')).toMatchObject({
      value: 'a',
      items: ['b', 'c', 'd'],
    });
  });

  it('takes items after blank lines and wrapped ones', () => {
    const lines = ['**Files:**', '', '- b', 'wrapped', '', '  again', '', '- c', '', 'Prose'];
    expect(fieldOf('Files', ...lines)).toMatchObject({ value: '', items: ['b wrapped again', 'c'] });
    expect(collect(...lines).body).toBe('Prose');
  });

  it('goes on beside its label until the paragraph ends', () => {
    expect(fieldOf('Files', '**Files:** a,', 'b', '', 'Prose')).toMatchObject({ value: 'a,\nb', items: [] });
  });

  it('keeps items that look like plain labels', () => {
    expect(fieldOf('Files', '**Files:**', '- model: x', '- goal: y')).toMatchObject({
      items: ['model: x', 'goal: y'],
    });
  });

  it('may itself stand in a list, where a label no deeper begins the next field', () => {
    const { fields } = collect('- Files:', '  - a', '  - model: b', '- Model: haiku');
    expect(fields.get('Files')?.items).toEqual(['a', 'model: b']);
    expect(fields.get('Model')?.value).toBe('haiku');
  });

  it('ends at a code block', () => {
    expect(fieldOf('Files', '**Files:**', '- a', '', '```', 'x', '```', '', '- b')).toMatchObject({
      items: ['a'],
    });
  });
});

describe('G31 a field that goes on for 40,000 lines', () => {
  it.each([
    ['**Goal:**', 'text'],
    ['**Files:** a', 'text'],
    ['**Files:**', '- item'],
    ['**Files:**\n- a', 'more'],
  ])('is read in time that grows with their number: %s, then %s', (label, line) => {
    const lines = label.split('\n');
    const text = [...lines, ...Array.from({ length: 40_000 }, () => line)];
    const outline = { lines: text, headings: [], verbatim: [] };
    const started = performance.now();
    const { fields } = collectFields(outline, { first: 1, last: text.length }, LABELS);
    expect([...fields.values()][0]?.line).toBe(1);
    // It took half a minute; it takes 30 ms, on a machine with other things to do too.
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
