import { afterEach, expect, it, vi } from 'vitest';
import { makeFolder } from './make-folder.ts';
import { openHome } from './open-home.ts';
import { resolvePaths } from './paths.ts';

vi.mock('./make-folder.ts', () => ({ makeFolder: vi.fn<(path: string) => void>() }));

afterEach(() => {
  vi.mocked(makeFolder).mockReset();
});

const paths = resolvePaths({ env: { TINA_HOME: '/t' }, cwd: '/', home: '/' });

it.each([
  ['EROFS', 'home_read_only', 'The state folder is on a read-only file system.', 'ls -ld /t/state'],
  ['EACCES', 'home_read_only', 'The state folder cannot be written.', 'ls -ld /t/state'],
  ['EPERM', 'home_read_only', 'The state folder cannot be written.', 'ls -ld /t/state'],
  ['ENOSPC', 'home_full', 'There is no space left for the state folder.', 'df -h /t/state'],
  ['EDQUOT', 'home_full', 'Your disk quota leaves no space for the state folder.', 'df -h /t/state'],
  [undefined, 'home_unusable', 'The state folder cannot be used: broken.', 'ls -ld /t/state'],
])('G31 says what is wrong with a home after %s, and what to do', (code, expected, message, next) => {
  vi.mocked(makeFolder).mockImplementation(() => {
    throw Object.assign(new Error('broken'), { code });
  });
  expect(() => openHome(paths)).toThrow(
    expect.objectContaining({
      code: expected,
      message,
      place: { file: '/t/state', line: null, column: null, field: null },
      next: expect.arrayContaining([next]) as string[],
    }) as Error,
  );
});

it('names the path that the system named', () => {
  vi.mocked(makeFolder).mockImplementation(() => {
    throw Object.assign(new Error('broken'), { code: 'EROFS', path: '/t' });
  });
  expect(() => openHome(paths)).toThrow(
    expect.objectContaining({ place: { file: '/t', line: null, column: null, field: null } }) as Error,
  );
});
