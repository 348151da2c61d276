import type { ProcedureInput, TaskDetailView } from '@tina/contract';
import { describe, expect, it } from 'vitest';
import { usualReport } from '../testing/fake-node.test-support.ts';
import { type Home, newKey, openHome, refusalOf } from '../testing/home.test-support.ts';

type Asked = Omit<ProcedureInput<'task.edit'>, 'idempotencyKey'>;

/** A run whose first task is at work for ever, and whose second waits for it. */
async function waitingTask(): Promise<{
  readonly home: Home;
  readonly run: string;
  readonly view: () => Promise<TaskDetailView>;
  readonly edit: (asked: Omit<Asked, 'task'>) => Promise<unknown>;
}> {
  const home = await openHome();
  home.node.script.turn = (turn) => (turn.job.role === 'implementer' ? null : usualReport(turn));
  const run = await home.startRun({ parallel: 1 });
  await home.node.work();
  const task = `${run}/phase-1-task-2`;
  return {
    home,
    run,
    view: () => home.call('task.get', { task }),
    edit: (asked) => home.call('task.edit', { ...asked, task, idempotencyKey: newKey() }),
  };
}

describe('task.edit', () => {
  it('G27 G28 changes the fields that are named, and logs who did', async () => {
    const { home, run, view, edit } = await waitingTask();
    const { revision, files, text } = await view();
    expect([revision, files]).toEqual([0, ['src/part-2.ts']]);
    expect(text).toContain('### Task 2: ');
    await edit({
      edit: { title: 'Second', dependsOn: ['phase-1-task-1'], acceptance: ['done'] },
      revision: 0,
    });
    const edited = await view();
    expect(edited).toMatchObject({ title: 'Second', revision: 1, acceptance: ['done'], status: 'pending' });
    const first = await home.call('task.get', { task: `${run}/phase-1-task-1` });
    expect(edited.dependsOn).toContain(first.id);
    const [action] = (await home.call('action.list', { run })).slice(-1);
    expect(action).toMatchObject({ kind: 'task.edit', outcome: 'done' });
    const events = await home.call('event.list', { run });
    expect(events.find(({ type }) => type === 'task.edited')?.data).toMatchObject({
      changes: { title: { to: 'Second' } },
    });
  });

  it('takes the whole task in the form of a plan', async () => {
    const { view, edit } = await waitingTask();
    const { text } = await view();
    await edit({ text: `<!-- a note -->\n${text?.replace('part-2.ts', 'second.ts')}\nAnd test it.` });
    expect(await view()).toMatchObject({ files: ['src/second.ts'], revision: 1 });
    expect((await view()).body).toContain('And test it.');
  });

  it('has one effect for one key', async () => {
    const { home, run, view } = await waitingTask();
    const asked = { task: `${run}/phase-1-task-2`, edit: { title: 'Once' }, idempotencyKey: newKey() };
    await Promise.all([home.call('task.edit', asked), home.call('task.edit', asked)]);
    expect((await view()).revision).toBe(1);
  });

  it('tells the reviewer of the phase how the plan was edited', async () => {
    const { home, run, edit } = await waitingTask();
    await edit({ edit: { body: 'Do it quite otherwise.' } });
    let prompt = '';
    home.node.script.turn = (turn) => {
      if (turn.job.role === 'reviewer') prompt ||= turn.assignment.agent?.prompt ?? '';
      return usualReport(turn);
    };
    const [attempt] = (await home.call('run.get', { run })).attempts;
    await home.call('run.pause', { run, now: true, idempotencyKey: newKey() });
    await home.node.work();
    await home.call('run.resume', { run, idempotencyKey: newKey() });
    await home.node.work();
    expect(attempt?.role).toBe('implementer');
    expect(prompt).toMatch(/A person changed these tasks[^]*### Task 2: [^]*Do it quite otherwise\./);
  });

  it('G31 refuses a text whole, with every line that is wrong', async () => {
    const { view, edit } = await waitingTask();
    const { text } = await view();
    const wrong = (text ?? '').replace('`src/part-2.ts`', '`../a.ts`').replace(/- .*/, '');
    const refusal = await refusalOf(edit({ text: wrong }));
    expect(refusal).toMatchObject({
      code: 'unsafe_path',
      message: expect.stringMatching(/^line 4: /) as string,
      place: { line: 4 },
      details: [expect.stringMatching(/^line 6: .*acceptance/) as string],
    });
    expect(await refusalOf(edit({ text: 'Nothing.' }))).toMatchObject({ code: 'not_a_task' });
    const renumbered = (text ?? '').replace('Task 2', 'Task 3').replace('none', 'soon');
    expect(await refusalOf(edit({ text: renumbered }))).toMatchObject({
      code: 'field_value',
      details: [expect.stringContaining('keeps its number') as string],
    });
    expect((await view()).revision).toBe(0);
  });

  it('refuses fields without lines', async () => {
    const { home, run, edit } = await waitingTask();
    const refused = async (asked: Omit<Asked, 'task'>): Promise<string> =>
      (await refusalOf(edit(asked))).code;
    const both = await refusalOf(edit({ edit: { files: ['/a'], acceptance: [] } }));
    expect(both).toMatchObject({ code: 'unsafe_path', place: null, details: [expect.any(String)] });
    expect(await refused({ edit: { dependsOn: ['phase-1-task-9'] } })).toBe('unknown_dependency');
    expect(await refused({ edit: { dependsOn: ['9'] } })).toBe('unknown_dependency');
    expect(await refused({ edit: { title: 'x' }, revision: 4 })).toBe('task_changed');
    expect(await refused({})).toBe('bad_input');
    const ofRun = { task: `${run}/finalize`, text: 'x', idempotencyKey: newKey() };
    expect((await refusalOf(home.call('task.edit', ofRun))).code).toBe('not_planned');
  });
});
