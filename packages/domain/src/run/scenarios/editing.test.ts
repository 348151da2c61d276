import { describe, expect, it } from 'vitest';
import type { OperatorCommand } from '../command.ts';
import type { TaskEdit } from '../edit/task-edit.ts';
import { evolve } from '../evolve/evolve.ts';
import { checkEvent } from '../invariant/check-event.ts';
import { fails, type PlannedTask } from '../simulation/behaviour.test-support.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';

/** A run whose first task is at work; the others wait for it, or for a place. */
function runWith(plan: readonly PlannedTask[], parallelAgents = 1): SimulatedRun {
  const run = new SimulatedRun({
    plans: { 1: plan },
    policy: { parallelAgents, knownModels: ['haiku', 'opus'], taskReview: 'plan' },
  });
  run.untilRunning('phase-1-task-1');
  return run;
}

function editOf(run: SimulatedRun, number: number, edit: TaskEdit, revision: number | null = null): Edit {
  return { kind: 'edit-task', taskId: run.phaseTask('1', number).id, edit, revision };
}
type Edit = Extract<OperatorCommand, { kind: 'edit-task' }>;

function rejectionOf(run: SimulatedRun, command: OperatorCommand) {
  const handled = run.send(command);
  if (handled.ok) throw new Error('it was accepted');
  return handled.rejection;
}

describe('an edit of a task that has not begun', () => {
  it('keeps its tags, and changes them', () => {
    const run = runWith([{}, { dependsOn: [1], tags: 'ui' }]);
    run.accept(editOf(run, 2, { title: 'Other' }));
    expect(run.phaseTask('1', 2).spec?.tags).toEqual(['ui']);
    expect(rejectionOf(run, editOf(run, 2, { tags: ['UI', 'ui'] }))).toMatchObject({
      code: 'nothing_changed',
    });
    expect(rejectionOf(run, editOf(run, 2, { tags: ['a b'] }))).toMatchObject({ code: 'field_value' });
    run.accept(editOf(run, 2, { tags: ['slow'] }));
    expect(run.phaseTask('1', 2).spec?.tags).toEqual(['slow']);
    run.accept(editOf(run, 2, { tags: [] }));
    expect(run.phaseTask('1', 2).spec?.tags).toEqual([]);
    expect(run.eventsOf('task.edited').map(({ data }) => data.changes.tags)).toEqual([
      undefined,
      { from: ['ui'], to: ['slow'] },
      { from: ['slow'], to: [] },
    ]);
    run.assertReplay();
  });

  it('G27 changes what its agent is told, what it may change and how it is reviewed', () => {
    const run = runWith([{}, { dependsOn: [1] }]);
    run.accept(
      editOf(run, 2, {
        title: '  Find   `books` ',
        model: ' opus ',
        files: ['./src/find.ts', 'src/find.ts', 'test/find.ts'],
        review: 'quality',
        acceptance: [' found ', '', 'found'],
        body: '\n\nLook\r\neverywhere.  \n\n',
      }),
    );
    const edited = run.phaseTask('1', 2);
    expect(edited).toMatchObject({ title: 'Find books', status: 'pending', edits: 1 });
    expect(edited.spec).toMatchObject({
      title: 'Find books',
      model: 'opus',
      files: ['src/find.ts', 'test/find.ts'],
      dependsOn: [1],
      review: 'quality',
      acceptance: ['found'],
      body: 'Look\neverywhere.',
    });
    expect(run.eventsOf('task.edited')[0]?.data.changes.model).toEqual({ from: 'haiku', to: 'opus' });
    run.until(() => run.attempts('phase-1-task-2').length > 0);
    const job = run.queued('start-agent').find(({ taskId }) => taskId === edited.id);
    expect(job).toMatchObject({ model: 'opus', scope: ['src/find.ts', 'test/find.ts'] });
    run.toRest();
    expect(run.attempts('phase-1-task-2').map(({ role }) => role)).toEqual([
      'implementer',
      'quality-reviewer',
    ]);
    expect(run.status).toBe('complete');
    run.assertReplay();
  });

  it('takes the model away where the operator chose one for all tasks', () => {
    const run = new SimulatedRun({
      plans: { 1: [{}, { dependsOn: [1] }] },
      policy: { modelOverride: 'opus' },
    });
    run.untilRunning('phase-1-task-1');
    run.accept(editOf(run, 2, { model: null }));
    expect(run.phaseTask('1', 2).spec?.model).toBeNull();
  });

  it('G19 lets it wait for another task, or for none', () => {
    const run = runWith([{}, {}, { dependsOn: [1] }], 2);
    const [first, second, third] = [1, 2, 3].map((number) => run.phaseTask('1', number));
    run.accept(editOf(run, 3, { dependsOn: [2, 1, 2] }));
    expect(run.phaseTask('1', 3).dependsOn.slice(1)).toEqual([second?.id, first?.id]);
    run.accept(editOf(run, 3, { dependsOn: [] }));
    expect(run.phaseTask('1', 3)).toMatchObject({ status: 'ready', dependsOn: third?.dependsOn.slice(0, 1) });
    expect(run.toRest().status).toBe('complete');
  });

  it('sends a task that only waits for a place back to waiting for another', () => {
    const run = runWith([{}, {}]);
    expect(run.phaseTask('1', 2).status).toBe('ready');
    run.accept(editOf(run, 2, { dependsOn: [1], files: ['src/1/1.ts'] }));
    expect(run.phaseTask('1', 2)).toMatchObject({ status: 'pending', readyAt: null });
    expect(run.toRest().status).toBe('complete');
  });

  it('G05 lets a blocked run go on when the task waited for what is blocked', () => {
    const run = new SimulatedRun({
      plans: { 1: [{}, { dependsOn: [1] }] },
      script: {
        implementer: ({ task }) => (task.name.endsWith('-1') ? fails('authentication') : undefined),
      },
    });
    run.toRest();
    expect(run.status).toBe('blocked');
    run.accept(editOf(run, 2, { title: 'Other' }));
    expect(run.status).toBe('blocked');
    run.accept(editOf(run, 2, { dependsOn: [] }));
    expect(run.status).toBe('executing');
    expect(run.toRest().status).toBe('blocked');
    expect(run.phaseTask('1', 2).status).toBe('completed');
  });

  it('is taken while the run is paused', () => {
    const run = runWith([{}, { dependsOn: [1] }]);
    run.accept({ kind: 'pause', now: false });
    run.accept(editOf(run, 2, { title: 'Other' }));
    expect(run.phaseTask('1', 2).title).toBe('Other');
  });
});

describe('an edit is refused and changes nothing', () => {
  it.each<[string, number, TaskEdit]>([
    ['task_begun', 1, { title: 'Other' }],
    ['nothing_changed', 2, {}],
    ['nothing_changed', 2, { title: 'Do part 2', files: ['./src/1/2.ts'] }],
    ['task_title_missing', 2, { title: ' ' }],
    ['model_missing', 2, { model: null }],
    ['model_unknown', 2, { model: 'nobody' }],
    ['files_missing', 2, { files: [] }],
    ['unsafe_path', 2, { files: ['../a.ts'] }],
    ['acceptance_missing', 2, { acceptance: [' '] }],
    ['self_dependency', 2, { dependsOn: [2] }],
    ['unknown_dependency', 2, { dependsOn: [7] }],
    ['dependency_cycle', 2, { dependsOn: [3] }],
    ['files_overlap', 2, { files: ['src/1/'], dependsOn: [] }],
    ['field_value', 2, { files: ['a`b.ts'] }],
    ['not_plan_form', 2, { acceptance: ['[ ] done'] }],
    ['field_double', 2, { body: 'Look.\n\n**Files:** `b.ts`' }],
    ['task_double', 2, { body: '### Task 9: another' }],
  ])('%s: task %i, %j', (code, number, edit) => {
    const run = runWith([{}, { dependsOn: [1] }, { dependsOn: [2] }]);
    const before = run.state;
    const { code: given, message, next } = rejectionOf(run, editOf(run, number, edit));
    expect(given).toBe(code);
    expect(message).not.toBe('');
    expect(next.length).toBeGreaterThan(0);
    expect(run.state).toBe(before);
  });

  it('with everything that is wrong at once', () => {
    const run = runWith([{}, { dependsOn: [1] }]);
    const { findings } = rejectionOf(run, editOf(run, 2, { files: ['/a'], acceptance: [], dependsOn: [8] }));
    expect(findings?.map(({ code }) => code)).toEqual([
      'unsafe_path',
      'acceptance_missing',
      'unknown_dependency',
    ]);
  });

  it('G03 of a task that is over, of no plan, or not there', () => {
    const run = runWith([{}, { dependsOn: [1] }]);
    run.accept({ kind: 'skip', taskId: run.phaseTask('1', 2).id, reason: 'not needed' });
    expect(run.refusal(editOf(run, 2, { title: 'Other' }))).toBe('task_over');
    const edit = { title: 'Other' };
    const ofRun = { kind: 'edit-task', taskId: run.task('finalize').id, edit, revision: null } as const;
    expect(run.refusal(ofRun)).toBe('not_planned');
    expect(run.refusal({ ...ofRun, taskId: 'constructor' })).toBe('no_such_task');
  });

  it('when somebody else edited the task meanwhile', () => {
    const run = runWith([{}, { dependsOn: [1] }]);
    run.accept(editOf(run, 2, { title: 'Mine' }, 0));
    expect(run.refusal(editOf(run, 2, { title: 'Yours' }, 0))).toBe('task_changed');
    expect(run.phaseTask('1', 2).title).toBe('Mine');
    run.accept(editOf(run, 2, { title: 'Yours' }, 1));
    expect(run.phaseTask('1', 2)).toMatchObject({ title: 'Yours', edits: 2 });
  });

  it('G21 over files of a task that may run beside it, though not of one that is over', () => {
    const run = runWith([{}, { dependsOn: [1] }, { dependsOn: [1] }]);
    run.accept({ kind: 'skip', taskId: run.phaseTask('1', 3).id, reason: 'not needed' });
    expect(run.refusal(editOf(run, 2, { files: ['src/1/1.ts'], dependsOn: [] }))).toBe('files_overlap');
    run.accept(editOf(run, 2, { files: ['src/1/3.ts'] }));
  });
});

describe('what must hold of an edit', () => {
  const run = runWith([{}, { dependsOn: [1] }, {}]);
  const { state } = run;
  const [first, second, third] = [1, 2, 3].map((number) => run.phaseTask('1', number).id) as [
    string,
    string,
    string,
  ];
  const titled = { title: { from: 'Do part 2', to: 'Other' } };
  const files = { files: { from: ['src/1/3.ts'], to: ['src/1/1.ts'] } };

  it.each([
    ['G03', 'edited and is of no plan', 'r1-t1', titled, []],
    ['G03', 'an agent was told of it', first, titled, state.tasks[first]?.dependsOn ?? []],
    ['G05', 'a task that is not there', second, titled, ['nobody']],
    ['G05', 'to wait for itself', second, titled, [second]],
    ['G21', 'to share files', third, files, state.tasks[third]?.dependsOn ?? []],
  ] as const)('%s is broken by one that %s', (guarantee, words, taskId, changes, dependsOn) => {
    const data = { taskId, changes, dependsOn };
    const event = { type: 'task.edited', runId: state.id, number: state.revision + 1, at: 1, data } as const;
    expect(checkEvent(state, event)).toContainEqual(
      expect.objectContaining({ guarantee, message: expect.stringContaining(words) as string }),
    );
  });

  it('nothing is broken by one that is allowed', () => {
    const dependsOn = state.tasks[second]?.dependsOn ?? [];
    const data = { taskId: second, changes: titled, dependsOn };
    const event = { type: 'task.edited', runId: state.id, number: state.revision + 1, at: 1, data } as const;
    expect(checkEvent(state, event)).toEqual([]);
    expect(evolve(state, event).tasks[second]).toMatchObject({ title: 'Other', edits: 1, status: 'pending' });
  });
});
