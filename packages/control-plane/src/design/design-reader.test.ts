import type { DesignRevision } from '@tina/store';
import { expect, test, vi } from 'vitest';
import { TWO_PHASES } from '../testing/fake-work.test-support.ts';
import { createDesignReader } from './design-reader.ts';

function revision(id: string, text = TWO_PHASES): DesignRevision {
  return { id, designId: 'd1', path: `${id}.md`, hash: id, text, createdAt: 1 };
}

test('a design in use is read and parsed once, and as many are kept as runs go on at once', async () => {
  const readDesignRevision = vi.fn<(id: string) => Promise<DesignRevision>>((id) =>
    Promise.resolve(revision(id)),
  );
  const designs = createDesignReader({ readDesignRevision });
  const first = await designs.read('v1');
  expect(first.design()).toBe((await designs.read('v1')).design());
  for (let number = 2; number <= 9; number += 1) {
    await designs.read(`v${number}`);
    await designs.read('v1');
  }
  expect(readDesignRevision).toHaveBeenCalledTimes(9);
  await designs.read('v2');
  expect(readDesignRevision).toHaveBeenCalledTimes(10);
});

test('a design that is not there, or cannot be parsed any more, is an error', async () => {
  const readDesignRevision = (id: string): Promise<DesignRevision | null> =>
    Promise.resolve(id === 'broken' ? revision(id, '# No phases') : null);
  const designs = createDesignReader({ readDesignRevision });
  await expect(designs.read('gone')).rejects.toThrow('design revision gone is not there');
  const broken = await designs.read('broken');
  expect(broken.path).toBe('broken.md');
  expect(() => broken.design()).toThrow(/^design revision broken cannot be read: /);
});
