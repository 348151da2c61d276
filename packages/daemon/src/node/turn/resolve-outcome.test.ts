import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role, TurnOutcome } from '@tina/domain';
import { describe, expect, it, onTestFinished } from 'vitest';
import { attemptFiles } from '../attempt/attempt-files.ts';
import { systemPlatform } from '../platform/system-platform.ts';
import { resolveOutcome } from './resolve-outcome.ts';

function setUp(role: Role = 'planner') {
  const folder = mkdtempSync(join(tmpdir(), 'tina-plans-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const files = attemptFiles(join(folder, 'attempts'), 'r1-a1');
  const worktree = join(folder, 'worktree');
  mkdirSync(files.out, { recursive: true });
  mkdirSync(worktree);
  writeFileSync(files.launch, JSON.stringify({ role, subject: { phase: '1' }, worktree }));
  const say = (finalMessage: string): Promise<TurnOutcome> =>
    resolveOutcome(
      { kind: 'completed', report: null, finalMessage, usage: null },
      files,
      systemPlatform.files,
    );
  const plan = async (path: string): Promise<unknown> => {
    const outcome = await say(`All is planned.\n\nplan-phase-1 complete. PLAN_PATH: ${path}`);
    return outcome.kind === 'completed' ? outcome.report : outcome;
  };
  return { folder, files, worktree, say, plan };
}

const PLAN = '# A plan\n';
const REPORT = { kind: 'plan', markdown: PLAN };

describe('a plan that is named by its path', () => {
  it('is read from the worktree and from the folder for what the agent hands over', async () => {
    const { files, worktree, plan } = setUp();
    writeFileSync(join(files.out, 'out.md'), PLAN);
    mkdirSync(join(worktree, 'docs'));
    writeFileSync(join(worktree, 'docs', 'plan.md'), PLAN);
    expect(await plan(join(files.out, 'out.md'))).toEqual(REPORT);
    expect(await plan('out.md')).toEqual(REPORT);
    expect(await plan('docs/plan.md')).toEqual(REPORT);
    expect(await plan('`docs/plan.md`')).toEqual(REPORT);
  });

  it('G30 is not read from anywhere else', async () => {
    const { folder, files, worktree, plan } = setUp();
    writeFileSync(join(folder, 'secret.md'), PLAN);
    mkdirSync(join(folder, 'worktree-of-another'));
    writeFileSync(join(folder, 'worktree-of-another', 'plan.md'), PLAN);
    symlinkSync(join(folder, 'secret.md'), join(worktree, 'link.md'));
    symlinkSync(folder, join(files.out, 'up'));
    const paths = [
      'link.md',
      '../secret.md',
      join(folder, 'secret.md'),
      'up/secret.md',
      '../worktree-of-another/plan.md',
    ];
    for (const path of [...paths, '/etc/passwd', '.', 'missing.md']) expect(await plan(path)).toBeNull();
  });

  it('is not read when it is no text, too large, or no file', async () => {
    const { worktree, plan } = setUp();
    writeFileSync(join(worktree, 'large.md'), 'x'.repeat(1_000_001));
    writeFileSync(join(worktree, 'binary.md'), Buffer.from([0x23, 0xff, 0xfe]));
    mkdirSync(join(worktree, 'folder.md'));
    execFileSync('sh', ['-c', 'mkfifo pipe.md'], { cwd: worktree });
    for (const path of ['large.md', 'binary.md', 'folder.md', 'pipe.md']) expect(await plan(path)).toBeNull();
    writeFileSync(join(worktree, 'full.md'), 'x'.repeat(1_000_000));
    expect(await plan('full.md')).toMatchObject({ kind: 'plan' });
  });
});

describe('what a turn came to', () => {
  it('is left as it is when it holds a report, or when it failed', async () => {
    const { files } = setUp();
    const reported = {
      kind: 'completed',
      report: REPORT,
      finalMessage: 'PLAN_PATH: x',
      usage: null,
    } as TurnOutcome;
    expect(await resolveOutcome(reported, files, systemPlatform.files)).toBe(reported);
    const error = { kind: 'crash', message: 'gone', resetAt: null } as const;
    const failed: TurnOutcome = { kind: 'failed', error, usage: null };
    expect(await resolveOutcome(failed, files, systemPlatform.files)).toBe(failed);
  });

  it('is filled in from a line that says it, and from no other', async () => {
    const { say } = setUp('implementer');
    expect(await say('task-1 complete: it works')).toMatchObject({
      report: { kind: 'work', summary: 'it works' },
    });
    expect(await say('I think that I am done.')).toMatchObject({
      report: null,
      finalMessage: 'I think that I am done.',
    });
  });

  it('stays without a report when nothing is known of its launch', async () => {
    const { files, say } = setUp('implementer');
    rmSync(files.launch);
    expect(await say('task-1 complete: it works')).toMatchObject({ report: null });
  });
});
