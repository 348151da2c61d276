import { TinaError } from '@tina/contract';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot } from '../sandbox/checkout-root.ts';

/** The id of the build that bin/tina starts; null where there is none. */
function currentBuild(root: string): string | null {
  try {
    const file = readFileSync(join(root, 'dist', 'build.json'), 'utf8');
    return (JSON.parse(file) as { readonly build: string }).build;
  } catch {
    return null;
  }
}

/**
 * Builds what is older than its sources, and passes on what the build says. The answer is the path of this program in the new build where there is one: it plays
 * on in place of this one, which is of the build before.
 *
 * @throws TinaError `build_failed`
 */
export async function buildWhatIsStale(
  err: (text: string) => void,
  {
    root = checkoutRoot(),
    from = import.meta.dirname,
  }: { readonly root?: string; readonly from?: string } = {},
): Promise<string | null> {
  const script = join(root, 'scripts', 'ensure-built.mjs');
  // An installation without sources is always up to date.
  if (!existsSync(script)) return null;
  const before = currentBuild(root);
  const code = await runScript(script, err);
  if (code !== 0) {
    throw new TinaError({
      code: 'build_failed',
      message: 'The programs could not be built, so nothing was played.',
      place: { file: join(root, 'dist') },
      next: [
        'see above, then: npm run build',
        'tina harness run ... --skip-build      plays what was built before',
      ],
    });
  }
  const isFromBuild = from.startsWith(join(root, 'dist'));
  return isFromBuild && currentBuild(root) !== before ? join(root, 'dist', 'harness.mjs') : null;
}

function runScript(script: string, err: (text: string) => void): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', err);
    child.once('error', (error) => {
      err(`${error.message}\n`);
      resolve(1);
    });
    child.once('close', (code) => resolve(code ?? 1));
  });
}
