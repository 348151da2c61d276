import { describe, expect, it } from 'vitest';
import { newKey, openHome, refusalOf } from '../testing/home.test-support.ts';

describe('G04 a run is named', () => {
  it('by its id, or by its feature where that is exact and unique', async () => {
    const home = await openHome();
    const run = await home.startRun();
    await home.startRun({ fresh: true, feature: 'shelf-2' });
    expect((await home.call('run.get', { run })).id).toBe(run);
    expect((await home.call('run.get', { run: 'shelf' })).id).toBe(run);
    for (const almost of ['shel', 'Shelf', 'shelf ', `${run}x`, run.slice(0, -1)])
      expect(await refusalOf(home.call('run.get', { run: almost }))).toMatchObject({ code: 'no_such_run' });
  });

  it('by nothing that several have: the error lists their ids, also of those that ended', async () => {
    const home = await openHome();
    const first = await home.startRun();
    await home.call('run.cancel', { run: first, idempotencyKey: newKey() });
    await home.node.work();
    home.clock.advance(1_000);
    const second = await home.startRun();
    for (const call of [
      home.call('run.get', { run: 'shelf' }),
      home.call('run.pause', { run: 'shelf', idempotencyKey: newKey() }),
      home.call('task.get', { task: 'shelf/finalize' }),
      home.call('event.list', { run: 'shelf' }),
    ]) {
      const refusal = await refusalOf(call);
      expect(refusal).toMatchObject({
        code: 'ambiguous_run',
        next: [`tina status ${second}`, `tina status ${first}`],
      });
      expect(refusal.details).toEqual([`${second}  validating  /srv/app`, `${first}  cancelled  /srv/app`]);
    }
    expect((await home.state(second)).control).toBe('active');
  });

  it('and a task by its id or by run and name, never by its name alone', async () => {
    const home = await openHome();
    const run = await home.startRun();
    const task = await home.call('task.get', { task: `${run}/finalize` });
    expect((await home.call('task.get', { task: 'shelf/finalize' })).id).toBe(task.id);
    for (const wrong of ['finalize', '/finalize', `${run}/`, `${task.id}0`])
      expect(await refusalOf(home.call('task.get', { task: wrong }))).toMatchObject({ code: 'no_such_task' });
  });
});
