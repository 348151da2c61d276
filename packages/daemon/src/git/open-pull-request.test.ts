import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { openPullRequest } from './open-pull-request.ts';
import { pushBranch } from './push-branch.ts';
import { listRemotes, pushRemote } from './remotes.ts';
import { withGitShim } from './testing/git-shim.ts';
import { readIfThere, tempRepository, writeScript, type TempRepository } from './testing/temp-repository.ts';

const BRANCH = 'tina/feature';
const URL = 'https://github.com/o/r/pull/7';

interface Forge extends TempRepository {
  readonly remote: string;
  /** The environment with a folder on PATH that holds the fake `gh`. */
  readonly withGh: (script: string) => NodeJS.ProcessEnv;
  readonly open: (environment?: NodeJS.ProcessEnv) => ReturnType<typeof openPullRequest>;
}

function setUp(): Forge {
  const repository = tempRepository();
  const { root, folder, environment, git, gitIn } = repository;
  const remote = join(folder, 'remote.git');
  gitIn(folder, 'init', '-q', '--bare', remote);
  git('remote', 'add', 'origin', remote);
  git('branch', BRANCH);
  const params = {
    repository: root,
    branch: BRANCH,
    baseBranch: 'main',
    title: "It's done",
    body: 'All of it\n',
  };
  return {
    ...repository,
    remote,
    withGh: (script) => {
      writeScript(join(folder, 'bin', 'gh'), script);
      return { ...environment, PATH: `${join(folder, 'bin')}:${environment['PATH']}` };
    },
    open: (other = environment) => openPullRequest({ ...params, environment: other }),
  };
}

describe('a branch is pushed', () => {
  test('as it is, again without effect, and without a word in the configuration', async () => {
    const { root, remote, git, gitIn, environment } = setUp();
    git('config', 'push.followTags', 'true');
    git('tag', '-a', '-m', 'mine', 'mine');
    const config = readFileSync(join(root, '.git', 'config'), 'utf8');
    const push = { repository: root, remote: 'origin', branch: BRANCH, environment };
    expect(await pushBranch(push)).toMatchObject({ kind: 'pushed' });
    expect(await pushBranch(push)).toMatchObject({ kind: 'pushed' });
    expect(gitIn(remote, 'for-each-ref', '--format=%(refname) %(objectname)')).toBe(
      `refs/heads/${BRANCH} ${git('rev-parse', BRANCH)}`,
    );
    expect(readFileSync(join(root, '.git', 'config'), 'utf8')).toBe(config);
  });

  test('not over what the remote has, and not past the user’s own hook', async () => {
    const { root, remote, git, gitIn, environment, commit } = setUp();
    const push = { repository: root, remote: 'origin', branch: BRANCH, environment };
    commit({ 'a.txt': 'a\n' });
    git('push', '-q', 'origin', `main:${BRANCH}`);
    expect(await pushBranch(push)).toMatchObject({
      kind: 'failed',
      output: expect.stringContaining('rejected'),
    });
    gitIn(remote, 'update-ref', '-d', `refs/heads/${BRANCH}`);
    writeScript(join(root, '.git', 'hooks', 'pre-push'), 'echo not today >&2; exit 1');
    expect(await pushBranch(push)).toMatchObject({
      kind: 'failed',
      output: expect.stringContaining('not today'),
    });
  });
});

describe('the remote to push to', () => {
  test('is the one git would take', async () => {
    const { root, git, environment } = setUp();
    const base = { repository: root, baseBranch: 'main', environment };
    expect(await pushRemote(base)).toMatchObject({ name: 'origin' });
    git('remote', 'add', 'fork', 'https://me:token@example.com/r.git');
    expect(await listRemotes(base)).toContainEqual({ name: 'fork', pushUrl: 'https://example.com/r.git' });
    git('config', 'branch.main.remote', 'fork');
    expect(await pushRemote(base)).toMatchObject({ name: 'fork' });
    git('config', 'remote.pushDefault', 'origin');
    expect(await pushRemote(base)).toMatchObject({ name: 'origin' });
  });

  test('is the only one, whatever its name, and none where there are two unknown ones', async () => {
    const { root, git, environment } = setUp();
    const base = { repository: root, baseBranch: 'main', environment };
    git('remote', 'rename', 'origin', 'upstream');
    expect(await pushRemote(base)).toMatchObject({ name: 'upstream' });
    git('remote', 'add', 'other', '/nowhere');
    expect(await pushRemote(base)).toBeNull();
  });
});

describe('a pull request is opened', () => {
  test('with gh, with title and body as they are', async () => {
    const { open, withGh, folder, gitIn, remote } = setUp();
    const environment = withGh(
      `printf '%s|' "$@" >> '${folder}/calls'; [ "$2" = create ] && cat >> '${folder}/calls' && echo ${URL}; exit 0`,
    );
    expect(await open(environment)).toEqual({ url: URL, pushed: true, next: [], output: null });
    expect(readIfThere(folder, 'calls')).toContain(
      `pr|create|--head|${BRANCH}|--base|main|--title|It's done|--body-file|-|All of it`,
    );
    expect(gitIn(remote, 'for-each-ref', '--format=%(refname:short)')).toBe(BRANCH);
  });

  test('only once', async () => {
    const { open, withGh } = setUp();
    expect(await open(withGh(`[ "$2" = list ] && echo ${URL}`))).toMatchObject({ url: URL, pushed: true });
  });

  test('by hand where there is no gh or it is not logged in', async () => {
    const { open, withGh } = setUp();
    const create = `gh pr create --base main --head ${BRANCH} --title 'It'\\''s done'`;
    expect(await open()).toEqual({ url: null, pushed: true, next: [create], output: null });
    expect(await open(withGh('echo run gh auth login >&2; exit 4'))).toEqual({
      url: null,
      pushed: true,
      next: [create],
      output: 'run gh auth login',
    });
    expect(await open(withGh('exit 0')), 'a gh that says nothing').toMatchObject({
      url: null,
      next: [create],
    });
  });

  test('by hand at the address that the remote said', async () => {
    const { open, remote } = setUp();
    writeScript(join(remote, 'hooks', 'post-receive'), 'echo "Create it at https://forge.example/new?b=1"');
    expect((await open()).next).toContain('open https://forge.example/new?b=1');
  });

  test.each(['https://github.com/o/r.git', 'git@github.com:o/r.git', 'ssh://git@github.com/o/r'])(
    'by hand at GitHub’s form for %s',
    async (address) => {
      const forge = setUp();
      forge.git('remote', 'set-url', 'origin', address);
      const { next } = await forge.open(withGitShim(forge, { before: 'push *', script: 'exit 0' }));
      expect(next).toContain(`open https://github.com/o/r/compare/main...${BRANCH}?expand=1`);
    },
  );

  test('not at all where nothing can be pushed: what to type is said', async () => {
    const { open, git, folder } = setUp();
    git('remote', 'set-url', 'origin', join(folder, 'gone.git'));
    expect(await open()).toMatchObject({
      url: null,
      pushed: false,
      next: [`git push origin ${BRANCH}`, expect.stringContaining('gh pr create')],
      output: expect.stringContaining('gone.git'),
    });
    git('remote', 'remove', 'origin');
    expect(await open()).toEqual({
      url: null,
      pushed: false,
      next: ['git remote add origin <url>', `git push origin ${BRANCH}`],
      output: null,
    });
  });
});
