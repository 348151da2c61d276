import type { AgentTestView, AgentView } from '@tina/contract';
import { createModelServer, error, findTestAgent, type Scenario, shell, text } from '@tina/model-server';
import { Sandbox } from '@tina/harness';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';

const FIT: Scenario = [
  shell('echo "hello from the trial" > hello.txt && git add hello.txt && git commit -q -m "Say hello"'),
  text('I have said hello.\n\nphase-1-task-1 complete: said hello'),
];

interface Subject {
  readonly name: 'claude' | 'codex';
  readonly model: string;
  /** Where its model is, as arguments and as environment. */
  readonly place: (url: string) => {
    readonly args: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  };
}

const SUBJECTS: readonly Subject[] = [
  {
    name: 'claude',
    model: 'claude-opus-5-5',
    place: (url) => ({ args: [], env: { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'no-real-secret' } }),
  },
  {
    name: 'codex',
    model: 'gpt-5.5',
    place: (url) => ({
      args: [
        '-c',
        'model_provider="stand_in"',
        '-c',
        `model_providers.stand_in={name="s",base_url="${url}/v1",env_key="OPENAI_API_KEY",wire_api="responses"}`,
      ],
      env: { OPENAI_API_KEY: 'no-real-secret' },
    }),
  },
];

/** A Tina that has a real agent CLI, whose model plays the scenario. */
async function open(subject: Subject, scenario: Scenario, context: TestContext): Promise<Sandbox> {
  const program = findTestAgent(subject.name);
  if (program.kind === 'missing') return context.skip(program.reason);
  const server = await createModelServer({ choose: () => scenario });
  onTestFinished(() => server.close());
  const { args, env } = subject.place(server.url);
  const quoted = (parts: readonly string[]): string => parts.map((part) => JSON.stringify(part)).join(', ');
  const definition = `{ kind: ${subject.name}, command: [${quoted(program.command)}], args: [${quoted(args)}] }`;
  const sandbox = await Sandbox.create({ userConfig: `agents: { ${subject.name}: ${definition} }\n`, env });
  onTestFinished(() => sandbox.dispose());
  return sandbox;
}

describe.each(SUBJECTS)('tina agents test $name, with the real program', (subject) => {
  it('sees that it is fit, and remembers', { timeout: 90_000 }, async (context) => {
    const sandbox = await open(subject, FIT, context);
    const { code, stdout, stderr } = await sandbox.tina(
      'agents',
      'test',
      subject.name,
      '--model',
      subject.model,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const steps = [...stdout.matchAll(/^ {2}\S (started|wrote|committed|reported|usage) +(.*)$/gm)];
    expect(steps.map(([, step]) => step)).toEqual(['started', 'wrote', 'committed', 'reported', 'usage']);
    expect(steps.at(-1)?.[2]).toMatch(/\d+ tokens in, \d+ out/);
    const known = (await sandbox.json<readonly AgentView[]>('agents')).find(
      ({ name }) => name === subject.name,
    );
    expect(known).toMatchObject({ problem: null, range: 'fits', test: { isFit: true, isCurrent: true } });
  });

  it('says that nobody is let in, and what to do', { timeout: 90_000 }, async (context) => {
    const sandbox = await open(subject, [error(401, { times: 99 })], context);
    const { code, stdout } = await sandbox.tina(
      'agents',
      'test',
      subject.name,
      '--model',
      subject.model,
      '--json',
    );
    expect(code).toBe(1);
    const { test } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { test: AgentTestView };
    expect(test).toMatchObject({ isFit: false, error: { kind: 'authentication' } });
    expect(test.next[0]).toContain('log in');
    expect(test.steps.map(({ outcome }) => outcome).slice(0, 4)).toEqual([
      'seen',
      'missing',
      'missing',
      'missing',
    ]);
  });
});
