import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempRepository } from '../../git/testing/temp-repository.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { commitIdentity } from './commit-identity.ts';
import { TimedCache } from './timed-cache.ts';

function setUp(identity: boolean) {
  const { root, folder, environment } = tempRepository({ identity });
  const cache = new TimedCache<Readonly<Record<string, string>>>(new ManualClock(), 1);
  const agent = { PATH: environment['PATH'] ?? '', HOME: folder };
  return { folder, ask: () => commitIdentity(agent, { repository: root, environment, cache }) };
}

describe('who commits', () => {
  it('is nobody new where the agent finds it out itself', async () => {
    const { folder, ask } = setUp(false);
    writeFileSync(join(folder, '.gitconfig'), '[user]\n\tname = Eve\n\temail = eve@example.com\n');
    expect(await ask()).toEqual({});
  });

  it("is the daemon's person where only the daemon knows", async () => {
    const { ask } = setUp(true);
    const identity = { GIT_AUTHOR_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com' };
    expect(await ask()).toMatchObject(identity);
    expect(await ask()).toMatchObject(identity);
  });

  it('is Tina where nobody is named', async () => {
    const { ask } = setUp(false);
    expect(await ask()).toMatchObject({ GIT_AUTHOR_NAME: 'Tina', GIT_COMMITTER_NAME: 'Tina' });
  });
});
