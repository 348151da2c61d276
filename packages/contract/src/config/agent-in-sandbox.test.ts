import { expect, it } from 'vitest';
import { agentInSandbox } from './agent-in-sandbox.ts';

const agent = { kind: 'command' as const, command: ['x'], prompt: 'stdin' as const, env: [] };
const none = { enabled: false, network: true, writable: [] };
const all = { enabled: true, network: false, writable: ['~/.npm'] };

it('is as the common settings say, where the agent says nothing', () => {
  expect(agentInSandbox(agent, none)).toEqual(agent);
  expect(agentInSandbox(agent, all)).toEqual({ ...agent, sandbox: all });
});

it('has its own settings over the common ones, field by field', () => {
  expect(agentInSandbox({ ...agent, sandbox: { enabled: false } }, all)).toEqual(agent);
  expect(agentInSandbox({ ...agent, sandbox: { network: true } }, all).sandbox).toEqual({
    ...all,
    network: true,
  });
});

it('holds for whoever asks for it', () => {
  expect(agentInSandbox({ ...agent, sandbox: { enabled: false } }, none, true).sandbox).toEqual({
    ...none,
    enabled: true,
  });
});
