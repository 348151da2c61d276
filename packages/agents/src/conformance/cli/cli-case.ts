import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Launch } from '@tina/contract';
import {
  createModelServer,
  type ModelServer,
  type ModelServerOptions,
  openOfflineNetwork,
} from '@tina/model-server';
import { expect, onTestFinished, type TestContext } from 'vitest';
import { findEscaped } from '../../cli/escaped-processes.ts';
import { type FollowedSession, followSession } from '../../testing/followed-session.ts';
import { type LaunchChanges, makeLaunch } from '../../testing/make-launch.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { CliUnderTest, Wish } from './cli-under-test.ts';

export interface CliCaseOptions extends Partial<Wish> {
  readonly server?: ModelServerOptions;
  readonly launch?: LaunchChanges;
}

/** A real CLI in a linked worktree, with a stand-in model to itself. */
export interface CliCase extends FollowedSession {
  readonly server: ModelServer;
  readonly launch: Launch;
  /** Whether a name that is looked up is noticed. */
  readonly isOffline: boolean;
  /** Another session of its own beside this one, in the same HOME. */
  readonly another: (number: number) => FollowedSession & { readonly launch: Launch };
  readonly file: (name: string) => string;
  /** Subjects of the commits, the newest first. */
  readonly commits: () => readonly string[];
  /** Processes of the attempt that are left; those of the program itself are left out when it goes on. */
  readonly left: (spareGroup: number | null) => readonly number[];
}

/** Usual counts that differ from each other, so that none can stand for another. */
const USAGE = { inputTokens: 1_000, cachedInputTokens: 300, cacheWriteTokens: 50, outputTokens: 40 };

let count = 0;

export async function openCliCase(
  subject: CliUnderTest,
  context: TestContext,
  options: CliCaseOptions = {},
): Promise<CliCase> {
  const { program } = subject;
  if (program.kind === 'missing') return context.skip(program.reason);
  const server = await createModelServer({ usage: USAGE, ...options.server });
  onTestFinished(() => server.close());
  const network = await openOfflineNetwork(server.url);
  if (network !== null) {
    // No test reaches past the machine: not even to ask for an address.
    onTestFinished(() => expect(network.lookups()).toEqual([]));
    onTestFinished(() => network.close());
  }
  const command = [...(network?.prefix ?? []), ...program.command];
  const wish = { hasSubscription: options.hasSubscription ?? false };
  const { definition, env } = subject.play({ url: server.url, command }, wish);
  const home = join(temporaryFolder(), 'home');
  mkdirSync(home);
  const begin = (number: number): FollowedSession & { readonly launch: Launch } => {
    count += 1;
    const homeId = `test-${process.pid}-${count}`;
    const launch = makeCliLaunch({
      subject,
      definition,
      number,
      options,
      env: { ...env, HOME: home, TINA_HOME_ID: homeId },
    });
    return { ...followSession(subject.adapter, launch), launch };
  };
  const one = begin(1);
  const { launch } = one;
  return {
    ...one,
    server,
    isOffline: network !== null,
    another: begin,
    file: (name) => join(launch.worktree, name),
    commits: () => git(launch.worktree, 'log', '--format=%s').split('\n'),
    left: (spareGroup) => findEscaped({ env: launch.env, spareGroup }),
  };
}

function makeCliLaunch(parameters: {
  readonly subject: CliUnderTest;
  readonly definition: Launch['agent'];
  readonly number: number;
  readonly options: CliCaseOptions;
  readonly env: Readonly<Record<string, string>>;
}): Launch {
  const { subject, definition, number, options, env } = parameters;
  const folder = temporaryFolder();
  const worktree = join(folder, 'linked');
  const launch = makeLaunch(folder, definition, { model: subject.model, worktree, ...options.launch });
  git(join(folder, 'worktree'), 'worktree', 'add', '-q', '-b', `task-${number}`, worktree);
  return {
    ...launch,
    env: {
      ...launch.env,
      ...env,
      TINA_OUT: join(launch.directory, 'out'),
      LANG: 'C.UTF-8',
      USER: 'test',
      GIT_AUTHOR_NAME: 'Test',
      GIT_AUTHOR_EMAIL: 'test@example.invalid',
      GIT_COMMITTER_NAME: 'Test',
      GIT_COMMITTER_EMAIL: 'test@example.invalid',
    },
  };
}

function git(directory: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: directory, encoding: 'utf8', stdio: 'pipe' }).trim();
}
