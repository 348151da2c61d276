import { readdir, readFile } from 'node:fs/promises';

/**
 * Every living process that has the folder in its command line or environment: the daemon has it as TINA_HOME, hosts, agents and
 * tmux by the paths they are started with. Linux only: the end-to-end tests read /proc.
 */
export async function processesOf(folder: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const [command, environment, state] = await Promise.all([
      readText(`/proc/${pid}/cmdline`),
      readText(`/proc/${pid}/environ`),
      readText(`/proc/${pid}/stat`),
    ]);
    const isZombie = / Z /.test(state.slice(state.lastIndexOf(')')));
    if (!isZombie && (command.includes(folder) || environment.includes(folder))) found.push(pid);
  }
  return found;
}

async function readText(path: string): Promise<string> {
  // A process may end between two looks.
  return readFile(path, 'utf8').catch(() => '');
}

/** Its program and arguments with a space between; empty when it has ended. */
export async function commandLineOf(pid: number): Promise<string> {
  return (await readText(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ').trim();
}
