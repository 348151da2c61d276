import { type CliIo, type OutputStream, runCli } from '@tina/cli';
import { TinaError } from '@tina/contract';
import { listenOnSocket } from '@tina/control-plane';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrokenPromise, type FuzzTarget, type Verdict } from '../fuzz-target.ts';
import { NASTY_TEXTS } from '../input/nasty.ts';
import type { Random } from '../input/random.ts';

const LINES: readonly string[] = [
  'runs --active --json',
  'status x',
  'watch x --json',
  'wait x --timeout 1m',
  'tasks x',
  'task x/y',

  'events x --after 3 --limit 10 --json',
  'events x --actions',
  'actions',
  'logs a1',
  'approve g1 --comment ok',

  'reject g1 --comment no',
  'finalize x --merge',
  'pause x --now',
  'resume x',
  'retry t1',
  'skip t1 --reason no',

  'cancel x --reason no',
  'verify x',
  'cleanup --dry-run',
  'completion bash',
  'report work --summary done',
  'report review --verdict pass',
  'help runs',
  '__complete tina sta',
  '--version',
  '--help',

  'orchestrate d.md --parallel 2 --preset fast',
  'init',
  'doctor --json',
  'config',
  'daemon status',
  'attach a1',
];

const WORDS: readonly string[] = [
  '--json',
  '--',
  '-',
  '--limit',
  '--limit=',
  '--timeout',
  '5',
  '-1',
  '1e9',
  '--no-json',
  '-j',
  '-hj',
  '=x',
  '--comment',
  '--reason',
  '--after',
  '99999999999999999999',
  '1h',
  '--help',
  '-h',
  'daemon',
  'report',
];

/** What these do when they are well called would leave the sandbox, or wait. They are always called badly. */
const NEVER_RUN: readonly string[] = [
  'orchestrate',
  'init',
  'doctor',
  'config',
  'daemon',
  'attach',
  'verify',
];
/** 0 to 2, and those of single commands. */
const MAX_CODE = 9;
const BAD_OPTION = '--no-such-option-at-all';

/** The command line of `tina`, as far as it is read; its daemon refuses everything. */
export const COMMAND_LINE_TARGET: FuzzTarget = { name: 'command-line', share: 0.5, open };

async function open(): ReturnType<FuzzTarget['open']> {
  const folder = await mkdtemp(join(tmpdir(), 'tina-fuzz-'));
  const state = join(folder, 'home', 'state');
  await mkdir(state, { recursive: true, mode: 0o700 });
  const server = await listenOnSocket({
    path: join(state, 'daemon.sock'),
    owner: { kind: 'operator', name: 'ada' },
    serve: () => Promise.reject(new TinaError({ code: 'no_such_run', message: 'There is no such run.' })),
    authenticate: () => Promise.resolve(null),
    onError: () => {},
  });
  const run = async (args: readonly string[]): Promise<Verdict> => {
    let errors = '';
    const io = ioIn(folder, (text) => {
      errors += text;
    });
    const code = await runCli(args, io, { version: '0.0.0', daemonProgram: ['false'] });
    if (!(code >= 0 && code <= MAX_CODE)) throw new BrokenPromise(`exit code ${code}`);
    if (errors.includes('Tina made a mistake')) throw new BrokenPromise(errors.slice(0, 2_000));
    if (code !== 0 && errors.trim() === '' && !args.includes('__complete'))
      throw new BrokenPromise('refused in silence');
    return code === 0 ? 'accepted' : 'refused';
  };
  return {
    make(random) {
      const args = commandLine(random);
      return { size: args.join(' ').length, show: () => JSON.stringify(args), run: () => run(args) };
    },
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function commandLine(random: Random): readonly string[] {
  const args = random.pick(LINES).split(' ');
  for (let changes = random.below(4); changes > 0; changes -= 1) {
    const at = random.below(args.length + 1);
    const word = random.oneIn(3) ? random.pick(NASTY_TEXTS) : random.pick(WORDS);
    if (random.oneIn(3)) args.splice(at, 1);
    else if (random.oneIn(2)) args.splice(at, 0, word);
    else args[at] = `${args[at] ?? ''}${word}`;
  }
  return args.some((word) => NEVER_RUN.includes(word))
    ? [...args.filter((word) => word !== '--'), BAD_OPTION]
    : args;
}

function ioIn(folder: string, onError: (text: string) => void): CliIo {
  const stream = (write: (text: string) => void): OutputStream => ({
    write,
    isTTY: false,
    columns: undefined,
    rows: undefined,
    onResize: () => () => {},
  });
  return {
    env: { TINA_HOME: join(folder, 'home') },
    cwd: folder,
    home: folder,
    stdout: stream(() => {}),
    stderr: stream(onError),
    canAsk: false,
    onTyped: () => () => {},
    ask: () => Promise.resolve(null),
    onInterrupt: () => () => {},
    now: () => 1_800_000_000_000,
  };
}
