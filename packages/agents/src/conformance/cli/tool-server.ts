/** A server of tools with one tool, `add`, which adds what its variable ADDS says as well. A program for `node -e`. */
export const TOOL_SERVER = `
const answer = (id, result) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
const number = { type: 'number' };
const inputSchema = { type: 'object', properties: { a: number, b: number }, required: ['a', 'b'] };
const asked = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'tina', version: '1' },
  }),
  'tools/list': () => ({ tools: [{ name: 'add', description: 'Adds', inputSchema }] }),
  'tools/call': ({ arguments: { a, b } }) => ({
    content: [{ type: 'text', text: 'sum ' + (a + b + Number(process.env.ADDS)) }],
  }),
};
require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id !== undefined && asked[method]) answer(id, asked[method](params));
  else if (id !== undefined) answer(id, {});
});
`;
