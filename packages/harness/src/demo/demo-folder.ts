import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where one demo lives; nothing outside of it is touched. */
export interface DemoFolder {
  readonly path: string;
  readonly repository: string;
  /** The demo's own TINA_HOME. */
  readonly home: string;
  readonly design: string;
  readonly feature: string;
  /** The program. */
  readonly tina: string;
}

export async function makeDemoFolder(): Promise<DemoFolder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'tina-demo-')));
  const repository = join(path, 'greeter');
  return {
    path,
    repository,
    home: join(path, 'home'),
    design: join(repository, 'docs', '2026-01-15-greeter-design.md'),
    feature: 'greeter',
    tina: fileURLToPath(new URL('../../../../bin/tina', import.meta.url)),
  };
}
