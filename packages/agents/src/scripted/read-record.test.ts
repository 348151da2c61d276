import { expect, it } from 'vitest';
import { readRecord } from './read-record.ts';

const usage = { inputTokens: 1, outputTokens: 2, costUsd: 3 };
const read = (record: object): unknown => readRecord(JSON.stringify(record), usage);

it('reads every record', () => {
  const tool = { callId: 'c', name: 'run', summary: 'ls' };
  expect(read({ type: 'started', version: '1' })).toEqual({ kind: 'progress', message: 'scripted agent 1' });
  expect(read({ type: 'text', text: 'a' })).toEqual({ kind: 'text', text: 'a' });
  expect(read({ type: 'tool-started', ...tool })).toEqual({ kind: 'tool-started', ...tool });
  const ended = { callId: 'c', isError: true, summary: 'no' };
  expect(read({ type: 'tool-ended', ...ended })).toEqual({ kind: 'tool-ended', ...ended });
  expect(read({ type: 'progress', message: 'm' })).toEqual({ kind: 'progress', message: 'm' });
  expect(read({ type: 'usage', usage })).toEqual({ kind: 'usage', usage });
});

it('reads how a turn ended', () => {
  const ended = (outcome: object): unknown => ({ kind: 'turn-ended', outcome });
  const report = { kind: 'work', summary: 's' };
  expect(read({ type: 'final', report })).toEqual(
    ended({ kind: 'completed', report, finalMessage: '', usage }),
  );
  expect(read({ type: 'final', message: 'm' })).toEqual(
    ended({ kind: 'completed', report: null, finalMessage: 'm', usage }),
  );
  const odd = { kind: 'work' };
  expect(read({ type: 'final', report: odd, message: 'm' })).toEqual(
    ended({ kind: 'completed', report: null, finalMessage: 'm\n{"kind":"work"}', usage }),
  );
  const error = { kind: 'overload', message: 'busy', resetAt: null };
  expect(read({ type: 'final', error })).toEqual(ended({ kind: 'failed', error, usage }));
});

it.each(['', 'text', 'null', '{"type":', '{"type":"unknown"}', '[1]'])('shows %j as output', (line) => {
  expect(readRecord(line, null)).toEqual({ kind: 'output', stream: 'stdout', text: `${line}\n` });
});
