import { execFile, type ExecFileException } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processesOf } from './processes-of.ts';
import { until } from './until.ts';

/** What a command of the sandbox came to. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SandboxOptions {
  /** The script that the agents follow, as YAML. */
  readonly script?: string;
  /** `.tina/config.yaml` without `version` and `agents`. */
  readonly config?: string;
  /** Further files of the repository's first commit. */
  readonly files?: Readonly<Record<string, string>>;
}

const TINA = fileURLToPath(new URL('../../../../bin/tina', import.meta.url));
const IDENTITY = { name: 'Sandbox', email: 'sandbox@localhost' };
/** No command of a test may hang for longer. */
const COMMAND_TIMEOUT_MS = 100_000;

/**
 * A repository and a TINA_HOME of their own in a temporary folder, with the real program: what the end-to-end tests work in.
 * `dispose` stops the daemon, asserts that nothing is left running, and removes the folder.
 */
export class Sandbox {
  readonly path: string;
  readonly repository: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;

  private constructor(path: string) {
    this.path = path;
    this.repository = join(path, 'repo');
    this.home = join(path, 'home');
    this.env = {
      PATH: process.env['PATH'] ?? '',
      HOME: join(path, 'user'),
      LANG: 'C.UTF-8',
      TERM: 'dumb',
      TINA_HOME: this.home,
      GIT_CONFIG_NOSYSTEM: '1',
    };
  }

  static async create(options: SandboxOptions = {}): Promise<Sandbox> {
    // Short, because sockets lie below it.
    const sandbox = new Sandbox(await realpath(await mkdtemp(join(tmpdir(), 'tina-e2e-'))));
    await mkdir(join(sandbox.path, 'user'));
    await mkdir(sandbox.repository);
    await sandbox.write('README.md', '# Sample\n');
    await sandbox.write('script.yaml', options.script ?? 'version: 1\nentries: []\n');
    await sandbox.write('.tina/config.yaml', configFile(options.config ?? ''));
    for (const [path, text] of Object.entries(options.files ?? {})) await sandbox.write(path, text);
    await sandbox.git('init', '--quiet', '--initial-branch=main');
    await sandbox.git('config', 'user.name', IDENTITY.name);
    await sandbox.git('config', 'user.email', IDENTITY.email);
    await sandbox.git('add', '--all');
    await sandbox.git('commit', '--quiet', '--message', 'Begin');
    return sandbox;
  }

  async write(path: string, text: string): Promise<string> {
    const absolute = join(this.repository, path);
    await mkdir(dirname(absolute), { recursive: true });
    await writeFile(absolute, text);
    return absolute;
  }

  read(path: string): Promise<string> {
    return readFile(join(this.repository, path), 'utf8');
  }

  /** Runs `tina` in the repository. */
  tina(...args: readonly string[]): Promise<Outcome> {
    return this.run(TINA, args);
  }

  /** Runs `tina ... --json` and reads what it prints. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await this.tina(...args, '--json');
    if (code !== 0) throw new Error(`tina ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
    return JSON.parse(stdout) as T;
  }

  /** Runs `tina ... --json` where that prints one value a line. */
  async jsonLines<T>(...args: readonly string[]): Promise<readonly T[]> {
    const { code, stdout, stderr } = await this.tina(...args, '--json');
    if (code !== 0) throw new Error(`tina ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T);
  }

  async git(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run('git', ['-C', this.repository, ...args]);
    if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${code}: ${stderr}`);
    return stdout.trim();
  }

  run(program: string, args: readonly string[]): Promise<Outcome> {
    return new Promise((resolve) => {
      const options = {
        cwd: this.repository,
        env: this.env,
        timeout: COMMAND_TIMEOUT_MS,
        maxBuffer: 64 * 1024 * 1024,
      };
      execFile(program, args, options, (error: ExecFileException | null, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, stdout, stderr });
      });
    });
  }

  /** Waits until the run is over, blocked or cancelled; answers with the exit code of `tina wait`. */
  async wait(run: string, timeout = '90s'): Promise<number> {
    return (await this.tina('wait', run, '--timeout', timeout)).code;
  }

  /** Ids of living processes that belong to this home: daemon, hosts, agents, tmux. */
  async processes(): Promise<readonly number[]> {
    return processesOf(this.home);
  }

  /** Runs that a test left unfinished are cancelled: agents outlive their daemon. */
  private async endRuns(): Promise<void> {
    const active = async (): Promise<readonly { readonly id: string; readonly status: string }[]> =>
      (await this.jsonLines<{ id: string; status: string; endedAt: number | null }>('runs')).filter(
        (run) => run.endedAt === null,
      );
    for (const { id } of await active()) await this.tina('cancel', id, '--reason', 'the test is over');
    await until('all runs have ended', async () => (await active()).length === 0);
  }

  async dispose(): Promise<void> {
    try {
      await this.endRuns();
      await this.tina('daemon', 'stop');
      await until('nothing of the sandbox runs any more', async () => (await this.processes()).length === 0);
    } finally {
      for (const pid of await this.processes()) process.kill(pid, 'SIGKILL');
      await rm(this.path, { recursive: true, force: true });
    }
  }
}

function configFile(rest: string): string {
  const agents = 'agents:\n  default: scripted\n  scripted: { kind: scripted, script: script.yaml }\n';
  return `version: 1\n${agents}${rest}`;
}
