import { spawn } from 'node:child_process';

import { gitEnvironment } from './git-environment.ts';
import { pushBranch } from './push-branch.ts';
import { pushRemote, withoutCredentials, type Remote } from './remotes.ts';
import type { GitOptions } from './run-git.ts';
import { shellQuote } from './shell-quote.ts';

export interface OpenedPullRequest {
  /** Null when none could be opened; `next` then says what to type. */
  readonly url: string | null;
  readonly pushed: boolean;
  readonly next: readonly string[];
  /** What git, the remote or gh said when something was refused, or null. */
  readonly output: string | null;
}

/** More than a person reads of what gh says. */
const MAX_OUTPUT_BYTES = 1024 * 1024;

interface PullRequest extends GitOptions {
  readonly repository: string;
  readonly branch: string;
  readonly baseBranch: string;
  readonly title: string;
  readonly body: string;
}

/**
 * Pushes the branch and opens a pull request with the GitHub CLI (`gh`), where it is on PATH and logged in; otherwise
 * says what to type. Done again, it finds the pull request open.
 */
export async function openPullRequest(params: PullRequest): Promise<OpenedPullRequest> {
  const { branch, baseBranch, title } = params;
  const remote = await pushRemote(params);
  if (remote === null) {
    const next = ['git remote add origin <url>', `git push origin ${shellQuote(branch)}`];
    return { url: null, pushed: false, next, output: null };
  }
  const push = await pushBranch({ ...params, remote: remote.name });
  const create = `gh pr create --base ${shellQuote(baseBranch)} --head ${shellQuote(branch)} --title ${shellQuote(title)}`;
  if (push.kind === 'failed') {
    const next = [`git push ${shellQuote(remote.name)} ${shellQuote(branch)}`, create];
    return { url: null, pushed: false, next, output: push.output };
  }
  const opened = await openWithGh(params);
  if (opened !== null && opened.url !== null)
    return { url: opened.url, pushed: true, next: [], output: null };
  const address = webAddress(push.output, remote, params);
  const next = [create, ...(address === null ? [] : [`open ${address}`])];
  return { url: null, pushed: true, next, output: opened?.output ?? null };
}

/** Null when gh is not installed. */
async function openWithGh(
  params: PullRequest,
): Promise<{ readonly url: string | null; readonly output: string } | null> {
  const { branch, baseBranch, title, body } = params;
  const ofBranch = ['--head', branch, '--base', baseBranch];
  const open = await runGh(params, [
    'pr',
    'list',
    ...ofBranch,
    '--state',
    'open',
    '--json',
    'url',
    '--jq',
    '.[0].url',
  ]);
  if (open === null) return null;
  const existing = open.exitCode === 0 ? urlIn(open.stdout) : null;
  if (existing !== null) return { url: existing, output: '' };
  const created = await runGh(
    params,
    ['pr', 'create', ...ofBranch, '--title', title, '--body-file', '-'],
    body,
  );
  if (created === null) return null;
  const url = created.exitCode === 0 ? urlIn(created.stdout) : null;
  return { url, output: withoutCredentials((created.stderr || created.stdout).trim()) };
}

interface GhOutput {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function runGh(params: PullRequest, args: readonly string[], input?: string): Promise<GhOutput | null> {
  const environment = gitEnvironment({
    environment: params.environment ?? process.env,
    remote: true,
    extra: { GH_PROMPT_DISABLED: '1', GH_NO_UPDATE_NOTIFIER: '1', NO_COLOR: '1' },
  });
  return new Promise((resolve, reject) => {
    const child = spawn('gh', args, {
      cwd: params.repository,
      env: environment,
      signal: params.signal,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] = (output[name] + text).slice(0, MAX_OUTPUT_BYTES);
      });
    }
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve(null);
      else reject(error);
    });
    child.once('close', (exitCode) => {
      resolve({ exitCode, ...output });
    });
  });
}

/** Where a browser opens the pull request: what the remote said after the push, or GitHub's own form. */
function webAddress(pushOutput: string, remote: Remote, params: PullRequest): string | null {
  const said = /^remote:.*?(https?:\/\/\S+)/m.exec(pushOutput)?.[1];
  if (said !== undefined) return said;
  const name = /^(?:https?:\/\/github\.com\/|(?:ssh:\/\/)?git@github\.com[:/])(.+?)(?:\.git)?\/?$/.exec(
    remote.pushUrl,
  )?.[1];
  if (name === undefined) return null;
  return `https://github.com/${name}/compare/${inUrl(params.baseBranch)}...${inUrl(params.branch)}?expand=1`;
}

function inUrl(branch: string): string {
  return branch.split('/').map(encodeURIComponent).join('/');
}

function urlIn(text: string): string | null {
  return /https?:\/\/\S+/.exec(text)?.[0] ?? null;
}
