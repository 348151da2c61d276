import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TinaError } from '@tina/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestCli, type TestCli } from '../testing/test-cli.test-support.ts';
import { makeTask } from '../testing/views.test-support.ts';

let cli: TestCli;
beforeEach(() => {
  cli = createTestCli();
});
afterEach(() => cli.dispose());

const accepted = { runId: 'r1', status: 'executing' };
const text = '### Task 2: Grammar\n\n**Model:** haiku\n';
const detail = { ...makeTask({ id: 'r1-t2', name: 'phase-1-task-2', revision: 3 }), text };

describe('tina edit with options', () => {
  it('asks for the fields that are named, and no others', async () => {
    const daemon = await cli.serve({ 'task.edit': () => accepted });
    writeFileSync(join(cli.root, 'body.md'), 'Do it well.\n');
    const { code, stdout } = await cli.run([
      'edit',
      'r1/phase-1-task-2',
      '--model=opus',
      '--files= a.ts, src/ ,',
      '--depends-on=1,phase-1-task-3',
      '--review=both',
      '--acceptance=it works',
      '--acceptance=fast',
      '--description-file=body.md',
      '--revision=3',
    ]);
    expect(stdout).toBe('Edited r1/phase-1-task-2. Run r1 is executing.\nnext: tina watch r1\n');
    expect(code).toBe(0);
    expect(daemon.inputOf('task.edit')).toEqual({
      idempotencyKey: expect.any(String) as string,
      task: 'r1/phase-1-task-2',
      revision: 3,
      edit: {
        model: 'opus',
        files: ['a.ts', 'src/'],
        dependsOn: ['1', 'phase-1-task-3'],
        review: 'spec+quality',
        acceptance: ['it works', 'fast'],
        body: 'Do it well.\n',
      },
    });
  });

  it('takes dependencies away by none, and prints JSON', async () => {
    const daemon = await cli.serve({ 'task.edit': () => accepted });
    const { stdout } = await cli.run(['edit', 't', '--depends-on', 'none', '--review', 'spec', '--json']);
    expect(JSON.parse(stdout)).toEqual(accepted);
    expect(daemon.inputOf('task.edit')['edit']).toEqual({ dependsOn: [], review: 'spec' });
  });

  it.each([[['edit', 't']], [['edit', 't', '--json']], [['edit', 't', '--title', 'x', '--revision', 'two']]])(
    'G31 is refused where there is nothing to change, or not so: %j',
    async (args) => {
      const { code, stderr } = await cli.run(args);
      expect(code).toBe(2);
      expect(stderr).toContain('tina edit --help');
    },
  );
});

describe('tina edit in an editor', () => {
  /** An editor that puts a text into the file, and says in a file of its own what it found there. */
  function editorThat(does: string): { EDITOR: string; VISUAL: string } {
    const path = join(cli.root, 'editor.sh');
    writeFileSync(path, `#!/bin/sh\ncp "$2" "${cli.root}/seen.md"\n${does}\n`, { mode: 0o755 });
    return { EDITOR: `${path} -w`, VISUAL: '' };
  }
  const seen = (): string => readFileSync(join(cli.root, 'seen.md'), 'utf8');
  const kept = (revision: number): string => join(cli.root, 'home', 'state', 'edits', `r1-t2-${revision}.md`);
  const edit = (env: Readonly<Record<string, string>>) =>
    cli.run(['edit', 'r1/phase-1-task-2'], { answers: [], env });

  it('opens the task in the form of a plan, and sends what was made of it with its revision', async () => {
    const daemon = await cli.serve({ 'task.get': () => detail, 'task.edit': () => accepted });
    const { code, stdout } = await edit(editorThat('sed -i s/haiku/opus/ "$2"'));
    expect(stdout).toContain('Edited r1/phase-1-task-2.');
    expect(code).toBe(0);
    expect(seen()).toMatch(/^<!-- phase-1-task-2 of run r1, revision 3\. [^>]* -->\n\n### Task 2: Grammar\n/);
    expect(daemon.inputOf('task.edit')).toMatchObject({
      task: 'r1-t2',
      revision: 3,
      text: expect.stringContaining('**Model:** opus\n') as string,
    });
    expect(existsSync(kept(3))).toBe(false);
  });

  it('changes nothing when the text is left as it was', async () => {
    const daemon = await cli.serve({ 'task.get': () => detail });
    const { code, stdout } = await edit(editorThat('true'));
    expect([code, stdout]).toEqual([0, 'phase-1-task-2 stays as it is.\n']);
    expect(daemon.calls.map(({ name }) => name)).toEqual(['task.get']);
  });

  it('keeps a text that is refused, says where it is wrong, and goes on from it', async () => {
    const refusal = new TinaError({
      code: 'model_unknown',
      message: 'line 6: no such model',
      place: { line: 6 },
      next: ['tina task r1-t2', 'mend the edit'],
    });
    await cli.serve({
      'task.get': () => detail,
      'task.edit': () => {
        throw refusal;
      },
    });
    const { code, stderr } = await edit(editorThat('sed -i s/haiku/nobody/ "$2"'));
    expect(code).toBe(1);
    expect(stderr).toContain(`error: line 6: no such model\n  at ${kept(3)}:6\n`);
    expect(stderr).toContain(
      'next: tina edit r1/phase-1-task-2   (the text is kept)\n      tina task r1-t2\n',
    );
    await edit(editorThat('true'));
    expect(seen()).toContain('**Model:** nobody\n');
  });

  it('does not go on from a text of an earlier revision', async () => {
    await cli.serve({ 'task.get': () => detail });
    mkdirSync(join(cli.root, 'home', 'state', 'edits'), { recursive: true });
    writeFileSync(kept(2), 'old');
    await edit(editorThat('true'));
    expect(seen()).toContain('### Task 2: Grammar');
  });

  it('changes nothing when the editor fails, or the task is of no plan', async () => {
    const views = [detail, { ...detail, text: null }];
    const daemon = await cli.serve({ 'task.get': () => views.shift() });
    const failed = await edit(editorThat('exit 3'));
    expect(failed.stderr).toContain('ended with code 3; nothing was changed');
    const { code, stderr } = await edit(editorThat('true'));
    expect(code).toBe(1);
    expect(stderr).toContain('is of no plan');
    expect(daemon.calls.filter(({ name }) => name === 'task.edit')).toEqual([]);
  });
});
