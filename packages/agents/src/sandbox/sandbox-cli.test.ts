import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentDefinition } from '@tina/contract';
import { createModelServer, findTestAgent, inline, shell, text } from '@tina/model-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { adapterFor } from '../adapter/adapter-for.ts';
import { followSession } from '../testing/followed-session.ts';
import { makeLaunch } from '../testing/make-launch.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { sandboxProblem } from './sandbox-problem.ts';

interface Subject {
  readonly name: 'claude' | 'codex';
  readonly model: string;
  readonly play: (
    command: readonly string[],
    url: string,
  ) => { definition: AgentDefinition; env: Record<string, string> };
}

const sandbox = { enabled: true };

const SUBJECTS: readonly Subject[] = [
  {
    name: 'claude',
    model: 'claude-opus-5-5',
    play: (command, url) => ({
      definition: { kind: 'claude', command: [...command], args: [], env: [], sandbox },
      env: { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'no-real-secret' },
    }),
  },
  {
    name: 'codex',
    model: 'gpt-5.5',
    play: (command, url) => {
      const provider = `model_providers.stand_in={name="s",base_url="${url}/v1",env_key="STAND_IN_KEY",wire_api="responses"}`;
      const args = ['-c', 'model_provider="stand_in"', '-c', provider];
      return {
        definition: { kind: 'codex', command: [...command], args, env: [], sandbox },
        env: { STAND_IN_KEY: 'no-real-secret' },
      };
    },
  },
];

describe.each(SUBJECTS)('$name in a sandbox', (subject) => {
  it('works, commits, and keeps its state', async (context) => {
    const program = findTestAgent(subject.name);
    if (program.kind === 'missing') return context.skip(program.reason);
    const problem = await sandboxProblem(true, { projectDirectory: '/', env: { PATH: process.env['PATH'] } });
    if (problem !== null) return context.skip(`no sandbox here: ${problem.message}`);
    const server = await createModelServer({});
    onTestFinished(() => server.close());
    const folder = temporaryFolder();
    const [home, worktree] = [join(folder, 'home'), join(folder, 'linked')];
    mkdirSync(home);
    const { definition, env } = subject.play(program.command, server.url);
    const made = makeLaunch(folder, definition, { model: subject.model });
    execFileSync('git', ['worktree', 'add', '-q', '-b', 'task', worktree], {
      cwd: made.worktree,
      stdio: 'pipe',
    });
    const person = { GIT_AUTHOR_NAME: 'T', GIT_AUTHOR_EMAIL: 't@e.invalid' };
    const committer = { GIT_COMMITTER_NAME: 'T', GIT_COMMITTER_EMAIL: 't@e.invalid' };
    const launch = {
      ...made,
      worktree,
      env: {
        ...made.env,
        ...env,
        ...person,
        ...committer,
        HOME: home,
        LANG: 'C.UTF-8',
        TINA_HOME_ID: folder,
      },
    };
    const outside = join(folder, 'outside');
    const session = followSession(await adapterFor(subject.name), launch);
    const work = `echo x > f; git add f; git commit -q -m Sandboxed; (echo x > ${outside}) 2>/dev/null; true`;
    session.beginTurn(1, `Work. ${inline([shell(work), text('all done')])}`);
    expect(await session.outcomeOf(1)).toMatchObject({ kind: 'completed', finalMessage: 'all done' });
    const log = execFileSync('git', ['log', '-1', '--format=%s'], { cwd: worktree, encoding: 'utf8' });
    expect(log.trim()).toBe('Sandboxed');
    expect(existsSync(outside)).toBe(false);
    expect(existsSync(join(home, `.${subject.name}`))).toBe(true);
  });
});
