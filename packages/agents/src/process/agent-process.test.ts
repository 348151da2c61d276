import { expect, it } from 'vitest';
import { askVersion } from './ask-version.ts';
import { findProgram } from './find-program.ts';
import { hasRunningMember } from './has-running-member.ts';
import { readStartTime } from './start-time.ts';

it('tells a process from a later one with its pid', () => {
  const startTime = readStartTime(process.pid);
  expect(startTime).not.toBe('');
  expect(readStartTime(process.pid)).toBe(startTime);
  expect(readStartTime(process.ppid)).not.toBe(startTime);
  expect(readStartTime(process.pid, 'darwin')).toMatch(/^\w{3} \w{3} \d+ [\d:]+ \d{4}$/);
});

it('G06 has no start time of a process that is gone', () => {
  expect(readStartTime(2 ** 30)).toBe('');
  expect(readStartTime(2 ** 30, 'darwin')).toBe('');
});

it('sees who still runs in a group', () => {
  expect(hasRunningMember(2 ** 30, 'linux')).toBe(false);
  expect(hasRunningMember(2 ** 30, 'darwin')).toBe(true);
});

it('looks for programs as a shell does', () => {
  const find = (name: string, path?: string): string | null => findProgram({ name, directory: '/bin', path });
  expect(find('sh', '/no/such:/bin')).toBe('/bin/sh');
  expect(find('sh', '')).toBe('/bin/sh');
  expect(find('./sh')).toBe('/bin/sh');
  expect(find('/bin/sh')).toBe('/bin/sh');
  expect(find('sh', '/no/such')).toBeNull();
  expect(find('')).toBeNull();
  expect(find('s\0h', '/bin')).toBeNull();
});

it('does not know the version of a program that cannot be started', async () => {
  expect(await askVersion('/no/such/program', [], { projectDirectory: '/', env: {} })).toBeNull();
});
