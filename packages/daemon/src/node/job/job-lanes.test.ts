import { describe, expect, it } from 'vitest';
import { createJobLanes } from './job-lanes.ts';

/** Work that is over when the test says so, and tells when it begins. */
function work(begun: string[], name: string) {
  const end = Promise.withResolvers<string>();
  return {
    end,
    do: (): Promise<string> => {
      begun.push(name);
      return end.promise;
    },
  };
}

describe('lanes', () => {
  it('let pass one after the other what shares a key, and the rest side by side', async () => {
    const lanes = createJobLanes();
    const begun: string[] = [];
    const [one, two, other] = [work(begun, 'one'), work(begun, 'two'), work(begun, 'other')];
    const first = lanes.run(['a', 'b'], one.do);
    const second = lanes.run(['b'], two.do);
    const third = lanes.run(['c'], other.do);
    other.end.resolve('other');
    await third;
    expect(begun).toEqual(['one', 'other']);
    one.end.resolve('one');
    two.end.resolve('two');
    expect(await Promise.all([first, second])).toEqual(['one', 'two']);
    expect(begun).toEqual(['one', 'other', 'two']);
  });

  it('do not stop at a failure', async () => {
    const lanes = createJobLanes();
    const failing = lanes.run(['a'], () => Promise.reject(new Error('no')));
    const after = lanes.run(['a'], () => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    expect(await after).toBe('yes');
  });

  it('never wait for each other in a circle', async () => {
    const lanes = createJobLanes();
    const done = [
      lanes.run(['a', 'b'], () => Promise.resolve(1)),
      lanes.run(['b', 'a'], () => Promise.resolve(2)),
      lanes.run([], () => Promise.resolve(3)),
    ];
    expect(await Promise.all(done)).toEqual([1, 2, 3]);
  });
});
