import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TinaError, type ConfigSource } from '@tina/contract';

/** The configuration files that count for a project, as they are; null where there is none. */
export interface ConfigFiles {
  readonly userPath: string;
  readonly projectPath: string | null;
  readonly user: ConfigSource | null;
  readonly project: ConfigSource | null;
}

export function readConfigFiles(userPath: string, repository: string | null): ConfigFiles {
  const projectPath = repository === null ? null : projectConfigPath(repository);
  return {
    userPath,
    projectPath,
    user: read(userPath),
    project: projectPath === null ? null : read(projectPath),
  };
}

export function projectConfigPath(repository: string): string {
  return join(repository, '.tina', 'config.yaml');
}

function read(path: string): ConfigSource | null {
  try {
    return { path, text: readFileSync(path, 'utf8') };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new TinaError({
      code: 'config_unreadable',
      message: `The configuration cannot be read: ${message}.`,
      place: { file: path },
      next: [`ls -l ${path}`],
      cause: error,
    });
  }
}
