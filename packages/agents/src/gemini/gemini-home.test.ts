import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { keepGeminiConversation, makeGeminiHome } from './gemini-home.ts';

function makeHome(files: Readonly<Record<string, string>>): string {
  const home = temporaryFolder();
  mkdirSync(join(home, '.gemini', 'tmp'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, '.gemini', name), text);
  return home;
}

it('puts Tina’s settings over the user’s, and leaves theirs as they are', () => {
  const theirs =
    '{\n  // "mine"\n  "a": "// no comment", "general": { "vimMode": true, "maxAttempts": 9 } /* */ }';
  const home = makeHome({ 'settings.json': theirs });
  const own = join(temporaryFolder(), 'gemini');
  makeGeminiHome(home, own);
  makeGeminiHome(home, own);
  expect(JSON.parse(readFileSync(join(own, '.gemini', 'settings.json'), 'utf8'))).toEqual({
    a: '// no comment',
    general: { vimMode: true, maxAttempts: 3, retryFetchErrors: true, enableAutoUpdate: false },
    privacy: { usageStatisticsEnabled: false },
  });
  expect(readFileSync(join(home, '.gemini', 'settings.json'), 'utf8')).toBe(theirs);
});

it('has the user’s login by a link, and conversations of its own', () => {
  const home = makeHome({ 'oauth_creds.json': 'a login', 'settings.json': 'no JSON' });
  const own = join(temporaryFolder(), 'gemini');
  makeGeminiHome(home, own);
  expect(lstatSync(join(own, '.gemini', 'oauth_creds.json')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(own, '.gemini', 'oauth_creds.json'), 'utf8')).toBe('a login');
  expect(existsSync(join(own, '.gemini', 'tmp'))).toBe(false);
});

it('makes one for a user who has none', () => {
  const own = join(temporaryFolder(), 'gemini');
  makeGeminiHome('/nonexistent', own);
  expect(readdirSync(join(own, '.gemini'))).toEqual(['settings.json']);
});

it('keeps what a conversation holds from being written over, once', () => {
  const own = temporaryFolder();
  const chats = join(own, '.gemini', 'tmp', 'tree', 'chats');
  mkdirSync(chats, { recursive: true });
  const write = (name: string): void => writeFileSync(join(chats, name), name);
  write('session-2026-11-20T19-32-4b41dd0c.jsonl');
  write('session-2026-11-20T19-32-00000000.jsonl');
  keepGeminiConversation(own, '4b41dd0c-9a82-43d2-8357-a7c093b83207');
  write('session-2026-11-20T19-32-4b41dd0c.jsonl');
  keepGeminiConversation(own, '4b41dd0c-9a82-43d2-8357-a7c093b83207');
  expect(readFileSync(join(chats, 'session-2000-01-01T00-00-4b41dd0c.jsonl'), 'utf8')).toMatch(/19-32/);
  expect(readdirSync(chats)).toHaveLength(3);
  keepGeminiConversation(temporaryFolder(), 'any');
});
