import { usageOf } from '@tina/domain';
import { describe, expect, it } from 'vitest';
import { renderEvent } from '../host/render-event.ts';
import { readRecord } from './read-record.ts';

const usage = usageOf({ inputTokens: 1, outputTokens: 2, costUsd: 3 });
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

describe('G31 a record that lacks what its type has', () => {
  it.each([
    '{"type":"tool-started","callId":"c1","name":"write","summary":null}',
    '{"type":"tool-ended","callId":false,"isError":false,"summary":"x"}',
    '{"type":"usage","usage":{"inputTokens":"many","outputTokens":1,"costUsd":null}}',
    '{"type":"text"}',
    '{"type":"toString"}',
    '{"type":7}',
  ])('is shown as output: %s', (line) => {
    expect(readRecord(line, null)).toEqual({ kind: 'output', stream: 'stdout', text: `${line}\n` });
  });

  it.each([
    '{"type":"final","message":null}',
    '{"type":"final","error":{"kind":"limit","message":"too much","resetAt":"soon"}}',
    '{"type":"final","error":{"kind":"limit","message":"too much","resetAt":1e300}}',
    '{"type":"final","error":{"kind":"bored","message":"x","resetAt":null}}',
    '{"type":"final","error":7}',
  ])('ends the turn when it was to end it: %s', (line) => {
    const event = readRecord(line, null);
    expect(event).toMatchObject({
      kind: 'turn-ended',
      outcome: { kind: 'failed', error: { kind: 'bad_output', resetAt: null } },
    });
    expect(renderEvent(event)).toContain('The final record cannot be read');
  });
});
