import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseMessage, type Report, type Role, usageOf } from '@tina/domain';
import { describe, expect, it, vi } from 'vitest';
import { playScript, TURN, type Played, type PlayOptions } from '../../testing/play-script.ts';
import type { ScriptedFinal, ScriptedRequest } from '../protocol.ts';
import { matching } from '../../testing/matching.ts';
import { searchPath } from '../../testing/make-launch.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

const EXIT = { kind: 'exit', exitCode: 0 };

function git(worktree: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.invalid'];
  return execFileSync('git', [...identity, ...args], { cwd: worktree, encoding: 'utf8' }).trim();
}

/** One entry that always fits, with these steps. */
const steps = (...lines: readonly string[]): string =>
  `  - when: { turn: any }\n    do:\n${lines.map((line) => `      - ${line}\n`).join('')}`;

function finals({ records }: Played): readonly ScriptedFinal[] {
  return records.flatMap((record) => (record.type === 'final' ? [record] : []));
}

async function reportOf(entries: string, options?: PlayOptions): Promise<unknown> {
  return finals(await playScript(entries, options))[0]?.report;
}

describe('work', () => {
  it('writes, appends, deletes and commits, with the variables filled in', async () => {
    const played = await playScript(
      steps(
        'write: { path: "src/{phase}/{task}.txt", content: "{feature} {role} {attempt} {{phase}} {other} {message}" }',
        'write: { path: "src/{phase}/{task}.txt", append: "!" }',
        'write: { path: run.sh, content: "true", executable: true }',
        'commit: "Add {phase}.{task}"',
        'delete: run.sh',
        'commit: { message: Remove it, paths: run.sh }',
        'report: { kind: work, summary: "from {baseline} to {tip}" }',
      ),
      { prepare: (worktree) => git(worktree, 'tag', 'before') },
    );
    const { worktree } = played;
    expect(readFileSync(join(worktree, 'src/1/1.txt'), 'utf8')).toBe(
      'sample implementer 1 {phase} {other} Do it.!',
    );
    expect(existsSync(join(worktree, 'run.sh'))).toBe(false);
    expect(git(worktree, 'log', '--format=%an %s', 'before..')).toBe(
      'Scripted Agent Remove it\nScripted Agent Add 1.1',
    );
    expect(git(worktree, 'ls-tree', '-r', 'HEAD~1')).toMatch(/100755 .*run\.sh/);
    expect(git(worktree, 'status', '--porcelain')).toBe('');
    const summary = `from ${git(worktree, 'rev-parse', 'before')} to ${git(worktree, 'rev-parse', 'HEAD')}`;
    expect(finals(played)).toEqual([{ type: 'final', report: { kind: 'work', summary } }]);
  });

  it('commits under the identity that its environment gives', async () => {
    const { worktree } = await playScript(steps('write: { path: a, content: a }', 'commit: Add a'), {
      env: { GIT_AUTHOR_NAME: 'Somebody', GIT_AUTHOR_EMAIL: 's@example.invalid' },
    });
    expect(git(worktree, 'log', '-1', '--format=%an, %cn')).toBe('Somebody, Scripted Agent');
  });

  it('ends with the reason when a step cannot be done', async () => {
    const commit = await playScript(steps('commit: Nothing to commit'));
    expect(commit.ending).toEqual({ kind: 'exit', exitCode: 1 });
    expect(commit.errors).toMatch(/script\.yaml: git commit.*nothing to commit/s);
    const remove = await playScript(steps('delete: not-there'));
    expect(remove.errors).toContain('not-there could not be deleted');
  });

  it('runs commands, and stops when one fails unless it may', async () => {
    const passing = await playScript(
      steps('run: echo hello; pwd', 'run: { command: exit 3, mayFail: true }'),
    );
    expect(passing.records).toContainEqual({
      type: 'tool-ended',
      callId: 'run-5',
      isError: false,
      summary: `exit code 0\nhello\n${passing.worktree}`,
    });
    expect(passing.records).toContainEqual(expect.objectContaining({ callId: 'run-6', isError: true }));
    expect(finals(passing)).toHaveLength(1);
    const failing = await playScript(steps('run: echo broken; exit 3'));
    expect(failing.ending).toEqual({ kind: 'exit', exitCode: 1 });
    expect(failing.errors).toContain('broken');
  });

  it.each([
    ['ours', 'ours'],
    ['theirs', 'theirs'],
    ['both', 'ours\ntheirs'],
  ])('resolves a conflict by taking %s', async (take, expected) => {
    const { worktree } = await playScript(steps(`resolve: { take: ${take} }`), {
      context: { role: 'resolver' },
      prepare: makeConflict,
    });
    expect(readFileSync(join(worktree, 'file.txt'), 'utf8').trim()).toBe(expected);
    expect(git(worktree, 'log', '-1', '--format=%s %p').split(' ')).toHaveLength(5);
    expect(git(worktree, 'status', '--porcelain')).toBe('');
  });

  it('resolves a conflict with content of its own', async () => {
    const { worktree } = await playScript(
      steps('resolve: { files: [{ path: file.txt, content: settled }], message: Settle it }'),
      { prepare: makeConflict },
    );
    expect(git(worktree, 'show', 'HEAD:file.txt')).toBe('settled');
    expect(git(worktree, 'log', '-1', '--format=%s')).toBe('Settle it');
  });
});

function makeConflict(worktree: string): void {
  const file = join(worktree, 'file.txt');
  const commit = (content: string): void => {
    writeFileSync(file, `${content}\n`);
    git(worktree, 'add', '-A');
    git(worktree, 'commit', '-q', '-m', content);
  };
  commit('base');
  git(worktree, 'checkout', '-q', '-b', 'other');
  commit('theirs');
  git(worktree, 'checkout', '-q', '-');
  commit('ours');
  expect(() => git(worktree, 'merge', '-q', 'other')).toThrow('Command failed');
}

/** A program of the name that Tina's has, which does this. */
function withOwnTina(script: string): PlayOptions {
  const bin = temporaryFolder();
  writeFileSync(join(bin, 'tina'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { env: { PATH: `${bin}:${searchPath()}` } };
}

describe('words', () => {
  it('says, sends, tells progress and usage', async () => {
    const { records, folder } = await playScript(
      steps(
        'say: "hello {role}"',
        'send: psst',
        'send: { to: "{role}", text: "and you?" }',
        'progress: half',
        'usage: { inputTokens: 10, costUsd: 0.5 }',
      ),
      withOwnTina('printf "%s|" "$@" >>"$HOME/said"'),
    );
    expect(readFileSync(join(folder, 'said'), 'utf8')).toBe('say|operator|psst|say|implementer|and you?|');
    expect(records.slice(0, 6)).toEqual([
      { type: 'started', version: expect.any(String) as string },
      { type: 'text', text: 'hello implementer\n' },
      { type: 'text', text: 'sends to operator: psst\n' },
      { type: 'text', text: 'sends to implementer: and you?\n' },
      { type: 'progress', message: 'half' },
      { type: 'usage', usage: usageOf({ inputTokens: 10, costUsd: 0.5 }) },
    ]);
  });

  it('ends when what it sends is refused', async () => {
    const { ending, errors } = await playScript(
      steps('send: psst'),
      withOwnTina('echo "nobody there" >&2; exit 1'),
    );
    expect(ending).toEqual({ kind: 'exit', exitCode: 1 });
    expect(errors).toContain('send: tina say operator: exit code 1\nnobody there');
  });

  it('writes a plan that can be told by its form', async () => {
    const plan = `plan: { title: Storage, tasks: [
          { title: Table, files: [src/a.ts, src/b.ts], review: spec, acceptance: [it works], body: "Mind the gap." },
          { title: Search, model: opus, files: "src/search/**", dependsOn: 1, acceptance: "" } ] }`;
    const played = await playScript(steps(plan), { context: { role: 'planner', phase: '1.5' } });
    const report = finals(played)[0]?.report as { readonly markdown: string };
    expect(report.markdown).toBe(
      [
        '# Phase 1.5 plan: Storage',
        '',
        `**Baseline commit:** ${git(played.worktree, 'rev-parse', 'HEAD')}`,
        '**Complexity budget:** 2 tasks, 3 files, 100 lines',
        '',
        '### Task 1: Table',
        '**Model:** haiku',
        '**Files:** `src/a.ts`, `src/b.ts`',
        '**Depends on:** none',
        '**Review:** spec',
        '**Acceptance:**',
        '- it works',
        '',
        'Mind the gap.',
        '',
        '### Task 2: Search',
        '**Model:** opus',
        '**Files:** `src/search/**`',
        '**Depends on:** 1',
        '**Review:** none',
        '',
      ].join('\n'),
    );
  });

  it('passes a plan on that the script writes itself', async () => {
    const report = await reportOf(steps('plan: { markdown: "# Mine {phase}" }'), {
      context: { role: 'planner' },
    });
    expect(report).toEqual({ kind: 'plan', markdown: '# Mine 1' });
  });

  it.each<[string, string, Report]>([
    ['pass', 'validator', { kind: 'validation', status: 'pass', text: 'The script finds nothing wrong.' }],
    ['warning', 'validator', { kind: 'validation', status: 'warning', text: 'The script says warning.' }],
    ['stop', 'validator', { kind: 'validation', status: 'stop', text: 'The script says stop.' }],
    ['done', 'implementer', { kind: 'work', summary: 'Done as the script says.' }],
    [
      '{ kind: validation, status: warning }',
      'validator',
      { kind: 'validation', status: 'warning', text: '' },
    ],
    ['{ kind: error, reason: "no {task}" }', 'implementer', { kind: 'error', reason: 'no 1' }],
  ])('reports %s as %s', async (form, role, expected) => {
    expect(await reportOf(steps(`report: ${form}`), { context: { role: role as Role } })).toEqual(expected);
  });

  it('G18 gives verdicts on the findings that were open', async () => {
    const context = { role: 'reviewer', openFindings: ['r1-f1', 'r1-f2'] } as const;
    const verdicts = async (form: string): Promise<unknown> =>
      ((await reportOf(steps(`report: ${form}`), { context })) as { verdicts: unknown }).verdicts;
    const all = (verdict: string): unknown =>
      context.openFindings.map((findingId) => ({ findingId, verdict }));
    expect(await verdicts('pass')).toEqual(all('closed'));
    expect(await verdicts('{ kind: review, verdict: pass }')).toEqual(all('closed'));
    expect(await verdicts('{ kind: review, verdict: gaps, findings: x }')).toEqual(all('open'));
    expect(await verdicts('{ kind: review, verdict: gaps, findings: x, verdicts: closed }')).toEqual(
      all('closed'),
    );
    const single =
      '{ kind: review, verdict: gaps, findings: x, verdicts: [{ findingId: r1-f2, verdict: closed }] }';
    expect(await verdicts(single)).toEqual([{ findingId: 'r1-f2', verdict: 'closed' }]);
  });

  it('reports findings with and without place', async () => {
    const form = `{ kind: review, verdict: gaps, summary: two, findings: [
          no tests, { severity: blocker, message: "broken in {phase}", file: src/a.ts, line: 3 } ] }`;
    expect(await reportOf(steps(`report: ${form}`), { context: { role: 'reviewer' } })).toMatchObject({
      summary: 'two',
      findings: [
        { severity: 'major', message: 'no tests', file: null, line: null },
        { severity: 'blocker', message: 'broken in 1', file: 'src/a.ts', line: 3 },
      ],
    });
  });
});

describe('ways of reporting', () => {
  it.each<[Role, string, object]>([
    [
      'validator',
      'report: { kind: validation, status: stop, text: too vague, via: message }',
      { status: 'stop', text: 'too vague' },
    ],
    [
      'implementer',
      'report: { kind: work, summary: "did\n\n          it", via: message }',
      { summary: 'did it' },
    ],
    [
      'resolver',
      'report: { kind: error, reason: cannot, via: message }',
      { kind: 'error', reason: 'cannot' },
    ],
    ['reviewer', 'report: { kind: review, verdict: pass, via: message }', { verdict: 'pass' }],
    [
      'spec-reviewer',
      'report: { kind: review, verdict: gaps, findings: [a, b], via: message }',
      { verdict: 'gaps', findings: [{ message: 'a' }, { message: 'b' }] },
    ],
    ['planner', 'report: { kind: error, reason: too large, via: message }', { reason: 'too large' }],
    ['reviewer', 'report: { kind: error, reason: no access, via: message }', { reason: 'no access' }],
    ['validator', 'report: { kind: error, reason: no design, via: message }', { reason: 'no design' }],
  ])('ends a message of a %s in the form that Tina reads', async (role, step, expected) => {
    const [final] = finals(await playScript(steps(step), { context: { role } }));
    expect(final?.report).toBeUndefined();
    expect(parseMessage(role, '1', final?.message ?? '')).toMatchObject({ kind: 'report', report: expected });
  });

  it('names the file of a plan in its message', async () => {
    const context = { role: 'planner' } as const;
    const [final] = finals(
      await playScript(steps('plan: { markdown: "# Mine", via: message }'), { context }),
    );
    const parsed = parseMessage('planner', '1', final?.message ?? '');
    expect(parsed?.kind === 'plan_path' && readFileSync(parsed.path, 'utf8')).toBe('# Mine');
  });

  it.each<[Role, string, string, string]>([
    [
      'validator',
      'report: { kind: validation, status: warning, text: hm, via: cli }',
      'report validation --status warning --file -',
      'hm',
    ],
    ['implementer', 'report: { kind: work, summary: done, via: cli }', 'report work --file -', 'done'],
    ['planner', 'plan: { markdown: "# Mine", via: cli }', 'report plan --file -', '# Mine'],
    ['planner', 'report: { kind: error, reason: no, via: cli }', 'report error --reason no', ''],
  ])('reports as %s with tina report', async (role, step, args, input) => {
    const played = await playScript(steps(step), { context: { role }, ...withTina('cat > input') });
    expect(readFileSync(join(played.worktree, 'args'), 'utf8').trim()).toBe(args);
    expect(readFileSync(join(played.worktree, 'input'), 'utf8')).toBe(input);
    expect(finals(played)).toEqual([{ type: 'final', message: 'Reported with tina report.' }]);
  });

  it('reports a review with tina report, as JSON', async () => {
    const step = 'report: { kind: review, verdict: gaps, findings: [a], via: cli }';
    const played = await playScript(steps(step), {
      context: { role: 'reviewer' },
      ...withTina('cat > input'),
    });
    const input = JSON.parse(readFileSync(join(played.worktree, 'input'), 'utf8')) as object;
    expect(input).toMatchObject({ kind: 'review', verdict: 'gaps', findings: [{ message: 'a' }] });
  });

  it('ends with the reason when tina report fails', async () => {
    const step = 'report: { kind: work, summary: done, via: cli }';
    const played = await playScript(steps(step), withTina('echo not now >&2; exit 1'));
    expect(played.ending).toEqual({ kind: 'exit', exitCode: 1 });
    expect(played.errors).toContain('not now');
  });
});

/** A `tina` of the test's own, first in PATH. */
function withTina(command: string): Pick<PlayOptions, 'env' | 'prepare'> {
  return {
    prepare(worktree) {
      const folder = join(worktree, 'bin');
      mkdirSync(folder);
      writeFileSync(join(folder, 'tina'), `#!/bin/sh\necho "$@" > args\n${command}\n`);
      chmodSync(join(folder, 'tina'), 0o755);
    },
    env: { PATH: `./bin:${process.env['PATH'] ?? ''}` },
  };
}

describe('time', () => {
  it('waits for a file and tells by a file that it is there', async () => {
    const played = playScript(steps('touch: "there/{task}"', 'wait-for: "go/{task}"', 'say: on we go'), {
      onRecord: (record) => expect(record).toBeDefined(),
      prepare: (_worktree, folder) => {
        vi.waitUntil(() => existsSync(join(folder, 'there/1')), { interval: 5 }).then(
          () => {
            mkdirSync(join(folder, 'go'));
            writeFileSync(join(folder, 'go/1'), '');
          },
          () => {},
        );
      },
    });
    expect((await played).records).toContainEqual({ type: 'text', text: 'on we go\n' });
  });

  it('gives up waiting', async () => {
    const played = await playScript(steps('wait-for: { file: never, timeout: 20ms }'));
    expect(played.errors).toMatch(/never did not appear within 20 ms/);
  });

  it('sleeps', async () => {
    const begunAt = performance.now();
    await playScript(steps('sleep: 30ms'));
    expect(performance.now() - begunAt).toBeGreaterThanOrEqual(29);
  });
});

describe('what goes wrong', () => {
  it.each([
    ['crash', { kind: 'exit', exitCode: 1 }],
    ['crash: { exitCode: 7 }', { kind: 'exit', exitCode: 7 }],
    ['crash: { signal: SIGKILL }', { kind: 'die', signal: 'SIGKILL' }],
    ['exit', EXIT],
  ])('%s', async (step, ending) => {
    const played = await playScript(steps(step));
    expect(played.ending).toEqual(ending);
    expect(finals(played)).toEqual([]);
  });

  it.each([
    ['overload', 'overload'],
    ['network: cable cut', 'network'],
    ['authentication', 'authentication'],
    ['refusal: no, thanks', 'refusal'],
    ['limit', 'limit'],
  ])('G15 %s', async (step, kind) => {
    const played = await playScript(steps(step));
    expect(finals(played)[0]?.error).toMatchObject({ kind, message: matching(/./), resetAt: null });
    expect(played.ending).toEqual(EXIT);
  });

  it('G15 tells when a limit ends', async () => {
    const before = Date.now();
    const { error } = finals(await playScript(steps('limit: { resetIn: 1h, message: come back }')))[0] ?? {};
    expect(error?.message).toBe('come back');
    expect(error?.resetAt).toBeGreaterThanOrEqual(before + 3_600_000);
  });

  it('reports what is no report', async () => {
    expect(await reportOf(steps('wrong-form'))).toEqual({
      kind: 'work',
      sumary: expect.any(String) as string,
    });
    const [final] = finals(await playScript(steps('wrong-form: message')));
    expect(parseMessage('implementer', '1', final?.message ?? '')).toBeNull();
  });

  it('reports without having done anything, and lies', async () => {
    expect(await reportOf(steps('nothing'))).toEqual({ kind: 'work', summary: 'Done as the script says.' });
    expect(await reportOf(steps('lie'))).toEqual({ kind: 'work', summary: 'Done. All checks pass.' });
    expect(await reportOf(steps('lie: fine'))).toEqual({ kind: 'work', summary: 'fine' });
  });

  it('leaves files behind, and changes files that are not its own', async () => {
    const { worktree } = await playScript(
      steps(
        'dirty',
        'out-of-scope: other/file.txt',
        'conflict: { path: shared.txt, content: mine }',
        'nothing',
      ),
    );
    expect(git(worktree, 'status', '--porcelain')).toBe('?? left-behind.txt');
    expect(git(worktree, 'log', '-2', '--format=%s')).toBe('Change shared.txt\nChange other/file.txt');
  });

  it('prints garbage and floods, and goes on', async () => {
    const played = await playScript(steps('garbage: 1000', 'stdout-flood: 1'));
    expect(played.raw.length).toBeGreaterThan(1024 * 1024 + 1000);
    expect(finals(played)).toHaveLength(1);
  });

  it('G14 starts processes that outlive their turn', async () => {
    const { worktree } = await playScript(
      steps(
        'spawn: echo $$ > child',
        'spawn: { command: echo $$ > daemon, detached: true }',
        'run: sleep 0.1',
      ),
    );
    for (const name of ['child', 'daemon']) {
      const file = join(worktree, name);
      await vi.waitFor(() => expect(readFileSync(file, 'utf8')).toMatch(/^\d+\n$/));
    }
  });
});

describe('turns', () => {
  it('follows the first entry that fits', async () => {
    const entries = [
      '  - { when: { role: reviewer }, do: [{ say: wrong role }] }',
      '  - { when: { role: [planner, implementer], phase: 2 }, do: [{ say: wrong phase }] }',
      '  - { when: { task: [2, 3] }, do: [{ say: wrong task }] }',
      '  - { when: { attempt: 2 }, do: [{ say: wrong attempt }] }',
      '  - { when: { turn: [2] }, do: [{ say: second turn }] }',
      '  - { when: { phase: [1, 2], task: 1 }, do: [{ say: right }] }',
      '  - { do: [{ say: too late }] }',
    ].join('\n');
    const requests: ScriptedRequest[] = [TURN, { type: 'turn', turn: 2, message: 'again' }];
    const { records } = await playScript(entries, { requests: inTurn(requests) });
    const said = records.flatMap((record) => (record.type === 'text' ? [record.text.trim()] : []));
    expect(said).toEqual(['right', 'second turn']);
  });

  it.each<[Role, string]>([
    ['validator', 'validation'],
    ['reviewer', 'review'],
    ['spec-reviewer', 'review'],
    ['quality-reviewer', 'review'],
    ['implementer', 'error'],
    ['resolver', 'error'],
    ['planner', 'error'],
  ])('as %s reports %s when the script says nothing', async (role, kind) => {
    const report = await reportOf('  - { when: { phase: 9 }, do: [nothing] }', { context: { role } });
    expect(report).toMatchObject({ kind });
  });

  it('says what it was not told', async () => {
    const report = await reportOf('  - { when: { phase: 9 }, do: [nothing] }');
    expect((report as { reason: string }).reason).toContain(
      'role implementer, phase 1, task 1, attempt 1, turn 1',
    );
  });

  it('needs a plan from a planner', async () => {
    const played = await playScript(steps('say: hm'), { context: { role: 'planner' } });
    expect(played.errors).toContain('A planner reports with the step "plan".');
  });
});

/** One request after the other, as a host asks. */
async function* inTurn(requests: readonly ScriptedRequest[]): AsyncGenerator<ScriptedRequest> {
  for (const request of requests) {
    yield request;
    await new Promise<void>((resolve) => {
      setImmediate(() => setImmediate(resolve));
    });
  }
}
