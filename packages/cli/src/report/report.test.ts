import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportInputSchema, TinaError } from '@tina/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestCli, type TestCli } from '../testing/test-cli.test-support.ts';
import type { CliContext } from '../program/context.ts';
import { sendReport } from './send-report.ts';

let cli: TestCli;

beforeEach(() => {
  cli = createTestCli();
});

afterEach(() => cli.dispose());

const accepted = { attemptId: 'r1-a1', accepted: true };

const report = (args: string[]) =>
  cli.run(['report', ...args], { env: { TINA_SOCKET: cli.socketPath, TINA_TOKEN: 'secret' } });

const write = (name: string, text: string | Buffer): void => writeFileSync(join(cli.root, name), text);

describe('tina report', () => {
  it.each([
    [['validation', '--status', 'pass'], { kind: 'validation', status: 'pass', text: '' }],
    [
      ['validation', '--status', 'stop', '--text', 'No.'],
      { kind: 'validation', status: 'stop', text: 'No.' },
    ],
    [
      ['validation', '--status', 'warning', '--file', 'note.md'],
      { kind: 'validation', status: 'warning', text: '# Ä\n' },
    ],
    [['plan', '--file', 'note.md'], { kind: 'plan', markdown: '# Ä\n' }],
    [['work', '--summary', 'Done'], { kind: 'work', summary: 'Done' }],
    [['work', '--file', 'note.md'], { kind: 'work', summary: '# Ä\n' }],
    [['error', '--reason', 'No database'], { kind: 'error', reason: 'No database' }],
    [
      ['review', '--verdict', 'pass', '--summary', 'Good'],
      { kind: 'review', verdict: 'pass', summary: 'Good', findings: [], verdicts: [] },
    ],
    [
      [
        'review',
        '--verdict',
        'gaps',
        '--finding',
        'blocker|src/a.ts:12|a | b',
        '--finding',
        'minor||no place',
        '--finding',
        'major|C:/x.ts|no line',
        '--verdict-on',
        'r1-f1=closed',
        '--verdict-on',
        'r1-f2=open',
      ],
      {
        kind: 'review',
        verdict: 'gaps',
        summary: '',
        findings: [
          { severity: 'blocker', file: 'src/a.ts', line: 12, message: 'a | b' },
          { severity: 'minor', file: null, line: null, message: 'no place' },
          { severity: 'major', file: 'C:/x.ts', line: null, message: 'no line' },
        ],
        verdicts: [
          { findingId: 'r1-f1', verdict: 'closed' },
          { findingId: 'r1-f2', verdict: 'open' },
        ],
      },
    ],
    [
      ['review', '--json-file', 'review.json'],
      { kind: 'review', verdict: 'gaps', findings: [{ message: 'x' }] },
    ],
  ])('%j is sent as the attempt of the environment', async (args, sent) => {
    write('note.md', '# Ä\n');
    write('review.json', JSON.stringify({ verdict: 'gaps', findings: [{ message: 'x' }] }));
    const daemon = await cli.serve({ 'agent.report': () => accepted });
    const { code, stdout } = await report(args);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'Report accepted for attempt r1-a1. You are done.\n',
    });
    expect(daemon.calls).toEqual([{ name: 'agent.report', input: { report: sent }, token: 'secret' }]);
    expect(reportInputSchema.safeParse(sent).success).toBe(true);
  });

  it('prints the answer as JSON', async () => {
    await cli.serve({ 'agent.report': () => accepted });
    expect(JSON.parse((await report(['work', '--summary', 'x', '--json'])).stdout)).toEqual(accepted);
  });

  it.each([
    [['work'], 'Say either --summary or --file.'],
    [['work', '--summary', 'x', '--file', 'y'], 'Say either --summary or --file.'],
    [['validation', '--status', 'stop'], 'Say either --text or --file.'],
    [['plan', '--file', 'no-such.md'], 'The file cannot be read'],
    [['plan', '--file', 'latin.md'], 'it is not UTF-8 text'],
    [['review'], 'Say --verdict pass or --verdict gaps'],
    [
      ['review', '--verdict', 'gaps', '--finding', 'severe|a|b'],
      'must have the form severity|file:line|message',
    ],
    [['review', '--verdict', 'gaps', '--finding', 'major|a'], 'must have the form'],
    [['review', '--verdict', 'pass', '--verdict-on', 'f1=done'], '<finding id>=closed'],
    [['review', '--json-file', 'broken.json'], 'is not JSON'],
    [['review', '--json-file', 'list.json'], 'is no JSON object'],
    [['validation', '--status', 'fine'], 'fine'],
  ])('refuses %j before anything is sent', async (args, message) => {
    write('latin.md', Buffer.from([0xe4]));
    write('broken.json', '{');
    write('list.json', '[]');
    const daemon = await cli.serve({ 'agent.report': () => accepted });
    const { code, stderr } = await report(args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(daemon.calls).toEqual([]);
  });

  it('says clearly that it was refused, and how it would be right', async () => {
    await cli.serve({
      'agent.report': () => {
        throw new TinaError({
          code: 'wrong_report',
          message: 'A planner reports plan, not work.',
          place: { field: 'report.kind' },
          next: ['tina report plan --help'],
        });
      },
    });
    const { code, stderr } = await report(['work', '--summary', 'x']);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'error: The report was refused: A planner reports plan, not work.\n  at (report.kind)\nnext: tina report plan --help\n',
    );
  });

  it('G29 is for agents only', async () => {
    const { code, stderr } = await cli.run(['report', 'work', '--summary', 'x']);
    expect(code).toBe(1);
    expect(stderr).toContain('TINA_SOCKET and TINA_TOKEN are not in the environment');
  });

  it('tries again while the daemon is away', async () => {
    const outcome = report(['work', '--summary', 'x']);
    let asked = 0;
    await cli.serve({
      'agent.report': (_input, { socket }) => {
        if (++asked > 1) return accepted;
        socket.destroy();
        return undefined;
      },
    });
    expect((await outcome).code).toBe(0);
  });

  it('gives up in the end, and says what to do then', async () => {
    const context = {
      io: { env: { TINA_SOCKET: cli.socketPath, TINA_TOKEN: 'x' } },
    } as unknown as CliContext;
    await expect(
      sendReport(context, { json: false }, { kind: 'work', summary: '' }, 1_000),
    ).rejects.toMatchObject({
      code: 'daemon_absent',
      message: 'The report was not delivered: no daemon answered for 1 s.',
      next: ['the same command again', expect.stringContaining('one-line form') as string],
    });
  });
});
