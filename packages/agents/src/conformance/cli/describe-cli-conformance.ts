import { describe, expect, it } from 'vitest';
import type { CliUnderTest } from './cli-under-test.ts';
import { describeCliErrors } from './describe-cli-errors.ts';
import { describeCliHost } from './describe-cli-host.ts';
import { describeCliSteering } from './describe-cli-steering.ts';
import { describeCliWork } from './describe-cli-work.ts';

/**
 * What every adapter of an agent CLI must do, shown with the real program against a stand-in model, in a network that holds
 * nothing else. A new CLI only says how it is played (`CliUnderTest`).
 */
export function describeCliConformance(name: string, subject: CliUnderTest): void {
  describe(`${name} itself`, () => {
    it('is found, with a version that fits', async (context) => {
      const { program, adapter } = subject;
      if (program.kind === 'missing') return context.skip(program.reason);
      const place = { url: 'http://127.0.0.1:9', command: program.command };
      const { definition, env } = subject.play(place, { hasSubscription: false });
      const probe = await adapter.probe(definition, {
        projectDirectory: '/',
        env: { ...env, PATH: process.env['PATH'], HOME: '/nonexistent' },
      });
      expect(probe).toMatchObject({ isFound: true, problem: null });
      expect(probe.version).toMatch(/\d+\.\d+\.\d+/);
      return undefined;
    });

    describeCliWork(subject);
    describeCliSteering(subject);
    describeCliErrors(subject);
    describeCliHost(subject);
  });
}
