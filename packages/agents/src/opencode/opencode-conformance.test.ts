import type { OpencodeAgentDefinition } from '@tina/contract';
import type { AgentAdapter } from '../adapter/agent-adapter.ts';
import { describeAgentConformance } from '../conformance/describe-agent-conformance.ts';
import { playPuppet } from '../conformance/play-puppet.ts';
import { opencodeAdapter } from './opencode-adapter.ts';

const SPEAK = `
  const sessionID = 'ses_1';
  const streams = [];
  let count = 0;
  const emit = (type, properties) => {
    const event = JSON.stringify({ type, properties: { sessionID, ...properties } });
    for (const stream of streams) stream.write('data: ' + event + '\\n\\n');
  };
  const message = (id, role, more) => emit('message.updated', { info: { id, role, time: {}, ...more } });
  const prompt = (text) => {
    message('msg_u' + count++, 'user');
    onTurn(text);
  };
  const server = require('http').createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => (body += piece)).on('end', () => {
      const { method, url } = request;
      if (url === '/event') {
        streams.push(response);
        return response.write('data: {"type":"server.connected","properties":{}}\\n\\n');
      }
      if (method === 'GET' || url === '/session') return response.end(JSON.stringify({ id: sessionID }));
      if (url.endsWith('/abort')) abort();
      if (!url.endsWith('/prompt_async')) return response.end('true');
      response.writeHead(204).end();
      prompt(JSON.parse(body).parts[0].text);
    });
  });
  server.listen(0, '127.0.0.1', () =>
    console.log('opencode server listening on http://127.0.0.1:' + server.address().port),
  );
  const answer = (text) => {
    const id = 'msg_' + count++;
    message(id, 'assistant');
    emit('message.part.updated', { part: { id: 'prt_' + id, messageID: id, type: 'text', text, time: { end: 1 } } });
    message(id, 'assistant', { time: { completed: 1 } });
  };
  const finish = (text) => {
    answer(text);
    emit('session.idle', {});
  };
  const abort = () => {
    const error = { name: 'MessageAbortedError', data: { message: 'Aborted' } };
    emit('session.error', { error });
    emit('session.idle', {});
    message('msg_' + count++, 'assistant', { time: { completed: 1 }, error });
    emit('session.idle', {});
  };
  const limit = (resetsAt) => {
    const status = { type: 'retry', attempt: 1, message: 'enough', next: resetsAt * 1000 + 5000 };
    emit('session.status', { status });
  };
`;

/** Its models are named with their provider. */
const ADAPTER: AgentAdapter<OpencodeAgentDefinition> = {
  ...opencodeAdapter,
  begin: (launch, io) => opencodeAdapter.begin({ ...launch, model: 'stand/haiku' }, io),
};

describeAgentConformance('opencode, as its protocol has it', {
  adapter: ADAPTER,
  maxMessageBytes: null,
  addedVariables: [
    'OPENCODE_CONFIG_CONTENT',
    'OPENCODE_DB',
    'OPENCODE_DISABLE_AUTOUPDATE',
    'OPENCODE_DISABLE_LSP_DOWNLOAD',
    'OPENCODE_SERVER_PASSWORD',
    'OPENCODE_SERVER_USERNAME',
  ],
  play(behaviour) {
    // What is said goes over a connection that does not slow the server down.
    if (behaviour === 'floods') return null;
    return { kind: 'opencode', command: playPuppet(behaviour, SPEAK), args: [], env: [] };
  },
  missing: () => ({ kind: 'opencode', command: ['no-such-program-anywhere'], args: [], env: [] }),
});
