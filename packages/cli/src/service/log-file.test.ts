import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { LogFile } from './log-file.ts';

/** A log that is appended to, as the daemon's starter opens it. */
function openLog(descriptorOf?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'tina-log-'));
  const path = join(folder, 'daemon.log');
  const own = openSync(path, 'a+', 0o600);
  const descriptor = descriptorOf === undefined ? own : openSync(join(folder, descriptorOf), 'a+');
  onTestFinished(() => {
    for (const each of new Set([own, descriptor])) closeSync(each);
    rmSync(folder, { recursive: true, force: true });
  });
  const log = new LogFile({ descriptor, path, maxBytes: 20 });
  return { log, path, descriptor, read: (suffix = '') => readFileSync(path + suffix, 'utf8') };
}

it('goes on in an empty file when it is large, and keeps the two before', () => {
  const { log, path, read } = openLog();
  for (let number = 1; number <= 9; number += 1) log.write(`line ${number}, so\n`);
  expect([read(), read('.1'), read('.2')]).toEqual([
    'line 9, so\n',
    'line 7, so\nline 8, so\n',
    'line 5, so\nline 6, so\n',
  ]);
  expect(existsSync(`${path}.3`)).toBe(false);
});

it('has what others write to the same file behind what it begins with', () => {
  const { log, descriptor, read } = openLog();
  log.write('one line that is long enough\n');
  writeSync(descriptor, 'an error that nobody caught\n');
  expect(read('.1')).toBe('one line that is long enough\n');
  expect(read()).toBe('an error that nobody caught\n');
});

it('counts what an earlier daemon has written', () => {
  const { path, descriptor, read } = openLog();
  writeSync(descriptor, 'from an earlier one\n');
  new LogFile({ descriptor, path, maxBytes: 20 }).write('more\n');
  expect(read('.1')).toBe('from an earlier one\nmore\n');
});

it('leaves everything as it is where the output is another file', () => {
  const { log, path } = openLog('journal');
  for (let number = 0; number < 5; number += 1) log.write('long enough to be rotated\n');
  expect(existsSync(`${path}.1`)).toBe(false);
});

it('goes on writing when the old part can be put nowhere', () => {
  const { log, path, read } = openLog();
  mkdirSync(`${path}.1`);
  mkdirSync(join(`${path}.2`, 'full'), { recursive: true });
  log.write('one line that is long enough\n');
  log.write('another\n');
  expect(read()).toBe('one line that is long enough\nanother\n');
});
