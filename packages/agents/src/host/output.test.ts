import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Report, usageOf } from '@tina/domain';
import { describe, expect, it, vi } from 'vitest';
import { makeLaunch } from '../testing/make-launch.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { BoundedLog } from './bounded-log.ts';
import { Pane } from './pane.ts';
import { claimHostFile } from './host-file.ts';
import { plainText } from './plain-text.ts';
import { readBranch } from './read-branch.ts';
import { readLaunch } from './read-launch.ts';
import { redactor } from '../secret/redactor.ts';
import { agentSecrets } from '../secret/secret.ts';
import { renderEvent, renderOutcome } from './render-event.ts';
import { attachHint, renderHeader } from './render-header.ts';

describe('BoundedLog', () => {
  it('keeps beginning and end of what is too much', () => {
    const path = join(temporaryFolder(), 'log');
    const log = new BoundedLog(path, 10, '[gap]');
    log.write('0123456789');
    log.write('x'.repeat(100_000));
    log.write('the end\n');
    log.writeTail('note\n');
    log.write('again\n');
    log.close();
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(/^0123456789\[gap\]x+the end\nnote\nagain\n$/);
    expect(text.length).toBeLessThan(70_000);
  });

  it('forgives a full disk', () => {
    const log = new BoundedLog('/dev/full', 10, '[gap]');
    log.write('0123456789');
    expect(() => log.close()).not.toThrow();
  });
});

describe('Pane', () => {
  it('writes everything in order', async () => {
    const path = join(temporaryFolder(), 'pane');
    const fd = openSync(path, 'w');
    const pane = new Pane(fd);
    for (let count = 0; count < 100; count += 1) pane.write(`${count}\n`);
    await pane.flush(5_000);
    closeSync(fd);
    expect(readFileSync(path, 'utf8')).toBe(
      Array.from({ length: 100 }, (_none, count) => `${count}\n`).join(''),
    );
    await pane.flush(5_000);
  });

  it('forgives a terminal that is gone', async () => {
    const path = join(temporaryFolder(), 'pane');
    writeFileSync(path, '');
    const fd = openSync(path, 'r');
    const pane = new Pane(fd);
    pane.write('nobody reads this');
    await pane.flush(5_000);
    pane.write('nor this');
    closeSync(fd);
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  it('skips what a held terminal does not take, and does not wait for it', async () => {
    const path = join(temporaryFolder(), 'pane');
    execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', path]);
    const held = openSync(path, 'r+');
    const pane = new Pane(held);
    const line = `${'x'.repeat(1023)}\n`;
    for (let count = 0; count < 2_000; count += 1) pane.write(line);
    await pane.flush(20);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    let text = '';
    let isIdle = false;
    void pane.flush(5_000).then(() => {
      isIdle = true;
    });
    await vi.waitUntil(
      () => {
        text += readWhatIsThere(reader);
        return isIdle;
      },
      { timeout: 5_000, interval: 1 },
    );
    text += readWhatIsThere(reader);
    expect(text).toContain('the pane was held');
    expect(text.length).toBeLessThan(1024 * 1024);
    closeSync(reader);
    closeSync(held);
  });
});

function readWhatIsThere(fd: number): string {
  try {
    const buffer = Buffer.alloc(64 * 1024);
    return buffer.toString('utf8', 0, readSync(fd, buffer));
  } catch {
    return ''; // nothing yet
  }
}

it('G30 takes the token out of everything', () => {
  const redact = redactor(agentSecrets({ token: 's3cret-"quoted"', env: {} }));
  const event = { text: 'it is s3cret-"quoted"!', deep: [{ more: 's3cret-"quoted"' }] };
  expect(redact(event)).toEqual({ text: 'it is [token]!', deep: [{ more: '[token]' }] });
  const innocent = { text: 'nothing' };
  expect(redact(innocent)).toBe(innocent);
  expect(redactor(agentSecrets({ token: 'short', env: {} }))({ text: 'in short' })).toEqual({
    text: 'in short',
  });
});

it('G30 takes the secrets out that the agent has in its environment, as their names tell', () => {
  const env = {
    MY_API_KEY: 'key-0123456789',
    OTHER_TOKEN: 'key-0123456789-and-more',
    PIN_PASSWORD: '1234',
    HOME: '/srv/somebody',
    TINA_TOKEN: 'the-token-itself',
  };
  const redact = redactor(agentSecrets({ token: 'the-token-itself', env }));
  expect(redact('a key-0123456789, b key-0123456789-and-more, c the-token-itself')).toBe(
    'a [MY_API_KEY], b [OTHER_TOKEN], c [token]',
  );
  expect(redact('1234 in /srv/somebody')).toBe('1234 in /srv/somebody');
});

it('G30 lets no text command a terminal', () => {
  expect(plainText('\u001b]0;title\u0007\u001b[2Jred\u001b[31m!\r\n\tnext\u0008\u009b\u001b')).toBe(
    'red!\n\tnext',
  );
});

describe('rendering', () => {
  const report = (value: Report): string =>
    renderOutcome({ kind: 'completed', report: value, finalMessage: '', usage: null });

  it('shows reports', () => {
    expect(report({ kind: 'validation', status: 'stop', text: 'too vague' })).toBe(
      '■ reports stop\n  too vague\n',
    );
    expect(report({ kind: 'plan', markdown: '# A\nb\n' })).toBe('■ reports a plan\n  # A\n  b\n');
    expect(report({ kind: 'work', summary: 'did it' })).toBe('■ reports work done\n  did it\n');
    expect(report({ kind: 'error', reason: 'no' })).toBe('■ reports that it cannot do the work\n  no\n');
    const findings = [
      { severity: 'major', message: 'a', file: null, line: null },
      { severity: 'minor', message: 'b', file: 'x.ts', line: null },
      { severity: 'blocker', message: 'c', file: 'x.ts', line: 3 },
    ] as const;
    expect(report({ kind: 'review', verdict: 'gaps', summary: '', findings, verdicts: [] })).toBe(
      '■ reports gaps\n  major: a\n  minor: b (x.ts)\n  blocker: c (x.ts:3)\n',
    );
  });

  it('shows failures, usage and limits', () => {
    const usage = usageOf({ inputTokens: 10, outputTokens: 5, costUsd: 0.25 });
    const resetAt = Date.UTC(2026, 10, 1);
    const error = { kind: 'limit', message: 'wait', resetAt } as const;
    expect(renderOutcome({ kind: 'failed', error, usage })).toBe(
      '■ failed: limit, until 2026-11-01T00:00:00.000Z (10 tokens in, 5 out, $0.2500)\n  wait\n',
    );
    expect(renderOutcome({ kind: 'completed', report: null, finalMessage: 'x', usage: null })).toBe(
      '■ ended without a report of its protocol\n',
    );
    const none = usageOf({});
    expect(renderEvent({ kind: 'usage', usage: none })).toBe('· used an unknown amount\n');
    expect(renderEvent({ kind: 'limit', message: 'slow down', resetAt: null })).toBe('! limit: slow down\n');
    expect(renderEvent({ kind: 'session-id', sessionId: 's1' })).toBe('· session s1\n');
    const summary = 'x'.repeat(600);
    expect(renderEvent({ kind: 'tool-started', callId: '1', name: 'run', summary })).toHaveLength(500 + 9);
    expect(renderEvent({ kind: 'tool-ended', callId: '1', isError: true, summary: 'a\nb' })).toBe(
      '✗ a\n  b\n',
    );
  });

  it('says who works on what', () => {
    const launch = makeLaunch(
      temporaryFolder(),
      { kind: 'scripted', script: 's' },
      { model: null, session: 'r1-a1' },
    );
    const header = renderHeader(launch, '1.2');
    expect(header).toContain('agent     test agent, 1.2, its own model');
    expect(header).not.toContain('Detach with');
    expect(attachHint(launch)).toContain('Detach with');
    expect(attachHint({ ...launch, session: null })).toBe('');
    expect(header).not.toContain(launch.token);
  });
});

describe('the branch of a worktree', () => {
  it('is read from git’s files, also of a linked worktree', () => {
    const folder = temporaryFolder();
    const { worktree } = makeLaunch(folder, { kind: 'scripted', script: 's' });
    const git = (...args: string[]): unknown => execFileSync('git', args, { cwd: worktree, stdio: 'pipe' });
    expect(readBranch(worktree)).toBe('tina-attempt/r1-a1');
    git('worktree', 'add', '-q', '-b', 'other/branch', '../linked');
    expect(readBranch(join(folder, 'linked'))).toBe('other/branch');
    git('checkout', '-q', '--detach');
    expect(readBranch(worktree)).toBe('HEAD');
  });

  it('G06 is unknown where there is no repository', () => {
    expect(readBranch(temporaryFolder())).toBe('');
  });

  it('is asked of git where its files do not tell', () => {
    const { worktree } = makeLaunch(temporaryFolder(), { kind: 'scripted', script: 's' });
    const head = join(worktree, '.git/HEAD');
    const before = readFileSync(head);
    writeFileSync(head, 'ref: refs/heads/.invalid\n');
    expect(readBranch(worktree)).toBe('');
    writeFileSync(head, before);
  });
});

describe('a launch file', () => {
  it('G31 is refused with the reason', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'launch.json');
    expect(readLaunch(path)).toEqual({ problem: expect.stringContaining('ENOENT') as string });
    expect(readLaunch('')).toEqual({
      problem: expect.stringContaining('the launch file cannot be read') as string,
    });
    writeFileSync(path, '{"attemptId":"a"}');
    expect(readLaunch(path)).toEqual({ problem: `${path} has no "socketPath"` });
    const launch = {
      ...makeLaunch(folder, { kind: 'scripted', script: 's' }),
      worktree: join(folder, 'none'),
    };
    writeFileSync(path, JSON.stringify(launch));
    expect(readLaunch(path)).toEqual({ problem: `the worktree ${launch.worktree} is gone` });
    mkdirSync(launch.worktree);
    expect(readLaunch(path)).toEqual(launch);
  });
});

it('G09 lets one process be the host, once', () => {
  const directory = temporaryFolder();
  expect(claimHostFile(directory)).toBe(true);
  expect(claimHostFile(directory)).toBe(false);
  expect(() => claimHostFile(join(directory, 'none'))).toThrow('ENOENT');
});
