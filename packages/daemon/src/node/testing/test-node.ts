import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentDefinition, Assignment, RunSettings } from '@tina/contract';
import { attemptBranch, type Job, type JobOutcome, type Role, type StartAgentJob } from '@tina/domain';
import { onTestFinished } from 'vitest';
import { tempRepository, type TempRepository } from '../../git/testing/temp-repository.ts';
import { endMarkedProcesses, type ProcessIdentity } from '../../process/index.ts';
import { openSessions, type Sessions } from '../../session/index.ts';
import { untilNoServer } from '../../session/testing/until-no-server.ts';
import { createNode, type Node } from '../create-node.ts';
import type { NodeOptions, NodePaths } from '../node-options.ts';
import { FakeNodeApi } from './fake-node-api.ts';
import { serveHosts } from './serve-hosts.ts';

const HOST_PROGRAM = fileURLToPath(new URL('../../../../agents/src/host/main.ts', import.meta.url));
export const RUN = 'r1';

/** A daemon as a test starts and stops it; several one after the other share a home. */
export interface TestDaemon {
  readonly node: Node;
  stop(): Promise<void>;
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A home of its own with a repository, a control plane that does as it is told, real git, sessions and agent hosts. */
export interface TestHome {
  readonly repository: TempRepository;
  readonly api: FakeNodeApi;
  readonly paths: NodePaths;
  readonly homeId: string;
  readonly sessions: Sessions;
  readonly settings: RunSettings;
  readonly log: LogLine[];
  readonly base: string;
  worktree(slot: number): string;
  /** Starts a daemon; without `await` of its own stop it ends with the test. */
  daemon(changes?: Partial<NodeOptions>): Promise<TestDaemon>;
  assignment(job: Job, more?: Partial<Assignment>): Assignment;
  /** The job that starts the agent with this script, and its materials. */
  start(attempt: string, more?: Partial<StartAgentJob>): Assignment;
  /** Has a job done and answers its outcome. */
  done(job: Job): Promise<JobOutcome>;
  started(attempt: string, more?: Partial<StartAgentJob>): Promise<JobOutcome>;
  settle(attempt: string, more?: { readonly slot?: number; readonly jobId?: string }): Promise<JobOutcome>;
  /** The host that an attempt's folder names. */
  host(attempt: string): ProcessIdentity;
}

/** What the scripted agent does in every attempt, as the entries of a script. */
export async function testHome(steps: string, changes: Partial<RunSettings> = {}): Promise<TestHome> {
  const repository = tempRepository();
  const home = join(repository.folder, 'home');
  const paths: NodePaths = {
    stateDir: home,
    attemptsDir: join(home, 'attempts'),
    checksDir: join(home, 'checks'),
    worktreesDir: join(home, 'worktrees'),
    socketPath: join(home, 'daemon.sock'),
  };
  for (const path of [home, paths.attemptsDir, paths.checksDir, paths.worktreesDir]) {
    mkdirSync(path, { mode: 0o700 });
  }
  const homeId = `home-${randomUUID()}`;
  const sessions = await openSessions({ stateDir: home });
  onTestFinished(async () => {
    for (const name of await sessions.list()) await sessions.end(name);
    await endMarkedProcesses({ marker: { TINA_HOME_ID: homeId }, processGroups: [], graceMs: 0 });
    await untilNoServer(home);
  });
  const script = join(repository.folder, 'script.yaml');
  writeFileSync(script, `version: 1\nentries:\n${steps}`);
  const settings: RunSettings = {
    agents: { scripted: { kind: 'scripted', script } satisfies AgentDefinition },
    setup: null,
    worktreesRoot: null,
    include: [],
    limits: { idleWarningMs: 60_000, idleStopMs: 60_000, turnMs: 60_000, startMs: 8_000 },
    ...changes,
  };
  return assemble({ repository, paths, homeId, sessions, settings });
}

function assemble(
  parts: Pick<TestHome, 'repository' | 'paths' | 'homeId' | 'sessions' | 'settings'>,
): TestHome {
  const { repository, paths, homeId, settings } = parts;
  const api = new FakeNodeApi();
  const log: LogLine[] = [];
  const base = repository.git('rev-parse', 'HEAD');
  const assignment: TestHome['assignment'] = (job, more) => {
    return { job, epoch: 1, repository: repository.root, settings, agent: null, ...more };
  };
  const start: TestHome['start'] = (attempt, more) => {
    const job = startJob(attempt, base, more);
    const token = `token-of-${attempt}-${job.epoch}`;
    api.owners.set(token, { runId: RUN, attemptId: attempt, epoch: job.epoch });
    return assignment(job, { agent: { subject: SUBJECT, prompt: 'Do it.', token } });
  };
  const done: TestHome['done'] = (job) => {
    api.enqueue(assignment(job));
    return api.outcomeOf(job.jobId);
  };
  return {
    ...parts,
    api,
    log,
    base,
    assignment,
    start,
    done,
    worktree: (slot) => join(paths.worktreesDir, RUN, `slot-${slot}`),
    started(attempt, more) {
      const started = start(attempt, more);
      api.enqueue(started);
      return api.outcomeOf(started.job.jobId);
    },
    settle: (attempt, { slot = 1, jobId = `settle-${attempt}` } = {}) =>
      done({
        kind: 'settle-attempt',
        ...common(jobId),
        attemptId: attempt,
        slot,
        branch: attemptBranch(attempt),
        startCommit: base,
        reason: 'over',
      }),
    host: (attempt) =>
      JSON.parse(readFileSync(join(paths.attemptsDir, attempt, 'host.json'), 'utf8')) as ProcessIdentity,
    daemon: (changes) => startDaemon({ repository, paths, homeId, api, log }, changes),
  };
}

/** With the real agent host, and nothing of this process's environment but PATH. */
async function startDaemon(
  home: Pick<TestHome, 'repository' | 'paths' | 'homeId' | 'api' | 'log'>,
  changes: Partial<NodeOptions> = {},
): Promise<TestDaemon> {
  const { repository, paths, homeId, api, log } = home;
  const node = createNode({
    nodeId: 'n1',
    nodeName: 'here',
    api,
    paths,
    homeId,
    machineAgents: 8,
    programs: {
      node: process.execPath,
      agentHost: [process.execPath, HOST_PROGRAM],
      tinaBin: '/nowhere',
      mcpServer: ['/nowhere/tina', 'mcp'],
    },
    environment: { ...repository.environment, PATH: searchPath(repository.environment) },
    log: (level, message, fields = {}) => void log.push({ level, message, fields }),
    ...changes,
  });
  const server = await serveHosts(node, paths.socketPath);
  let stopped: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    await server.stop();
    await node.stop();
  };
  const daemon = { node, stop: (): Promise<void> => (stopped ??= stop()) };
  onTestFinished(() => daemon.stop());
  await node.start();
  return daemon;
}

const SUBJECT = {
  feature: 'sample',
  taskName: 'phase-1-task-1',
  phase: '1',
  planTask: 1,
  attempt: 1,
  roleAttempt: 1,
  openFindings: [],
};

export function common(jobId: string): { jobId: string; runId: string; taskId: string } {
  return { jobId, runId: RUN, taskId: 't1' };
}

function startJob(attempt: string, base: string, more: Partial<StartAgentJob> = {}): StartAgentJob {
  const role: Role = 'implementer';
  return {
    kind: 'start-agent',
    ...common(`start-${attempt}`),
    attemptId: attempt,
    epoch: 1,
    role,
    agent: 'scripted',
    model: null,
    slot: 1,
    branch: attemptBranch(attempt),
    startCommit: base,
    mergeCommit: null,
    needsSetup: false,
    scope: null,
    ...more,
  };
}

/** Node of this test first, wherever it comes from. */
function searchPath(environment: NodeJS.ProcessEnv): string {
  return `${dirname(process.execPath)}:${environment['PATH'] ?? ''}`;
}
