import { execFile, type ExecFileException } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { checkoutRoot } from './checkout-root.ts';
import { begin, type Following } from './following.ts';
import { linkProgramsExcept, writePrograms } from './path-folders.ts';
import { commandLineOf, processesOf } from './processes-of.ts';
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
  /** `.tina/config.yaml` without `version` and `agents`; null: there is no such file. */
  readonly config?: string | null;
  /** Further files of the repository's first commit. */
  readonly files?: Readonly<Record<string, string>>;
  /** The user's own config.yaml, without `version`. */
  readonly userConfig?: string;
  /** Shell scripts by name that PATH has before everything else. */
  readonly programs?: Readonly<Record<string, string>>;
  /** Where its folder is made. Default: the system's temporary folder. */
  readonly parent?: string;
  /** The name of TINA_HOME's folder. Default: home. */
  readonly home?: string;
  /** There is no TINA_HOME: the XDG folders are `xdg-state` and `xdg-config` in the folder that it would be. */
  readonly usesXdg?: boolean;
  /** Names of programs that PATH does not have. */
  readonly without?: readonly string[];
  /** More of the environment, over what every sandbox has. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Where and with what a command runs, beside what all of them have. */
export interface Place {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The launcher of this checkout. */
export const TINA = join(checkoutRoot(), 'bin', 'tina');
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

  private constructor(
    path: string,
    repository: string,
    home: string,
    searchPath: string,
    { env = {}, usesXdg = false }: Pick<SandboxOptions, 'env' | 'usesXdg'> = {},
  ) {
    this.path = path;
    this.repository = join(path, repository);
    this.home = join(path, home);
    this.env = {
      PATH: searchPath,
      HOME: join(path, 'user'),
      LANG: 'C.UTF-8',
      TERM: 'dumb',
      ...(usesXdg
        ? { XDG_STATE_HOME: join(this.home, 'xdg-state'), XDG_CONFIG_HOME: join(this.home, 'xdg-config') }
        : { TINA_HOME: this.home }),
      GIT_CONFIG_NOSYSTEM: '1',
      ...env,
    };
  }

  static async create(options: SandboxOptions = {}): Promise<Sandbox> {
    // Short, because sockets lie below it.
    const path = await realpath(await mkdtemp(join(options.parent ?? tmpdir(), 'tina-e2e-')));
    const { programs = {}, without = [], home = 'home', userConfig } = options;
    const usual = process.env['PATH'] ?? '';
    const rest = without.length === 0 ? usual : await linkProgramsExcept(without, usual, join(path, 'usr'));
    const searchPath = `${await writePrograms(programs, join(path, 'bin'))}:${rest}`;
    const sandbox = new Sandbox(path, 'repo', home, searchPath, options);
    await mkdir(join(path, 'user'));
    if (userConfig !== undefined) {
      await mkdir(join(sandbox.home, 'config'), { recursive: true });
      await writeFile(join(sandbox.home, 'config/config.yaml'), `version: 1\n${userConfig}`);
    }
    await sandbox.makeRepository(options);
    return sandbox;
  }

  /** Another repository with the same Tina; it goes with this sandbox. */
  async beside(
    name: string,
    options: Pick<SandboxOptions, 'script' | 'config' | 'files'> = {},
  ): Promise<Sandbox> {
    const sandbox = new Sandbox(this.path, name, basename(this.home), this.env['PATH'] ?? '');
    await sandbox.makeRepository(options);
    return sandbox;
  }

  private async makeRepository({ script, config, files }: SandboxOptions): Promise<void> {
    await mkdir(this.repository);
    await this.write('README.md', '# Sample\n');
    await this.write('script.yaml', script ?? 'version: 1\nentries: []\n');
    if (config !== null) await this.write('.tina/config.yaml', configFile(config ?? ''));
    for (const [path, text] of Object.entries(files ?? {})) await this.write(path, text);
    await this.git('init', '--quiet', '--initial-branch=main');
    await this.git('config', 'user.name', IDENTITY.name);
    await this.git('config', 'user.email', IDENTITY.email);
    await this.commit('Begin');
    // What `hold` leaves is no change of the user's.
    await this.write('.git/info/exclude', '/at/\n/go/\n');
  }

  /** Commits everything that is in the checkout. */
  async commit(message: string): Promise<void> {
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--message', message);
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

  /** Runs `tina` elsewhere, or with more in its environment. */
  tinaAt(place: Place, ...args: readonly string[]): Promise<Outcome> {
    return this.run(TINA, args, place);
  }

  /** Starts `tina` in the repository and comes back at once. */
  follow(...args: readonly string[]): Following {
    return this.begin(TINA, args);
  }

  /** Starts a program in the repository, with `tina` on its PATH, and comes back at once. */
  begin(program: string, args: readonly string[], { cwd = this.repository, env }: Place = {}): Following {
    const PATH = `${dirname(TINA)}:${this.env['PATH'] ?? ''}`;
    return begin(program, args, { cwd, env: { ...this.env, PATH, ...env } });
  }

  /** Waits until an agent has come to the point that `hold` names. */
  async reached(point: string): Promise<void> {
    await until(
      `an agent has come to ${point}`,
      () => existsSync(join(this.repository, 'at', point)),
      60_000,
    );
  }

  /** Lets the agents go on that wait at the point. */
  async release(point: string): Promise<void> {
    await this.write(`go/${point}`, '');
  }

  /** Runs `tina ... --json` and reads what it prints. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await this.tina(...args, '--json');
    if (code !== 0) throw new Error(`tina ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
    return JSON.parse(stdout) as T;
  }

  /** Runs `tina ... --json` where that prints one value after the other, each on its line. */
  async jsonLines<T>(...args: readonly string[]): Promise<readonly T[]> {
    const { code, stdout, stderr } = await this.tina(...args, '--json');
    if (code !== 0) throw new Error(`tina ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T);
  }

  /** The real git, whatever Tina's PATH has. */
  async git(...args: readonly string[]): Promise<string> {
    const env = { PATH: process.env['PATH'] ?? '' };
    const { code, stdout, stderr } = await this.run('git', ['-C', this.repository, ...args], { env });
    if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${code}: ${stderr}`);
    return stdout.trim();
  }

  run(program: string, args: readonly string[], place: Place = {}): Promise<Outcome> {
    return new Promise((resolve) => {
      const options = {
        cwd: place.cwd ?? this.repository,
        env: { ...this.env, ...place.env },
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

  /** Those whose command line has the text, such as `scripted-agent`. */
  async processesWith(text: string): Promise<readonly number[]> {
    const own = await this.processes();
    const commands = await Promise.all(own.map(async (pid) => ({ pid, command: await commandLineOf(pid) })));
    return commands.filter(({ command }) => command.includes(text)).map(({ pid }) => pid);
  }

  /** Runs that a test left unfinished are cancelled: agents outlive their daemon. */
  private async endRuns(): Promise<void> {
    const active = (): Promise<readonly { readonly id: string }[]> => this.json('runs', '--active');
    for (const { id } of await active()) await this.tina('cancel', id, '--reason', 'the test is over');
    await until('all runs have ended', async () => (await active()).length === 0, 30_000);
  }

  /** Stops the daemon and whatever else runs, at once: repository and state stay as they are, to look at. */
  async halt(): Promise<void> {
    await this.tina('daemon', 'stop');
    await this.killAll();
  }

  /** Until none is left: what is not dead yet may start another, as an agent host starts a daemon. */
  private async killAll(): Promise<void> {
    await until('everything is killed', async () => {
      const found = await this.processes();
      for (const pid of found) killIfThere(pid);
      return found.length === 0;
    });
  }

  async dispose(): Promise<void> {
    try {
      await this.endRuns();
      await this.tina('daemon', 'stop');
      await until('nothing of the sandbox runs any more', async () => (await this.processes()).length === 0);
    } finally {
      await this.killAll();
      await rm(this.path, { recursive: true, force: true });
    }
  }
}

/** It may have ended since it was found. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function configFile(rest: string): string {
  const agents = 'agents:\n  default: scripted\n  scripted: { kind: scripted, script: script.yaml }\n';
  return `version: 1\n${agents}${rest}`;
}
