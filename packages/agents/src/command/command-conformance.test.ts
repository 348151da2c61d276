import type { CommandAgentDefinition } from '@tina/contract';
import type { Behaviour } from '../conformance/agent-under-test.ts';
import { describeAgentConformance } from '../conformance/describe-agent-conformance.ts';
import { commandAdapter } from './command-adapter.ts';

type PromptMode = CommandAgentDefinition['prompt'];

const DONE = 'echo at work; printf made > made.txt; echo all done';

/** What each way of handing the prompt over gives a shell. */
const SAVE_MESSAGE: Readonly<Record<PromptMode, string>> = {
  stdin: 'cat > message.txt',
  argument: 'printf %s "$1" > message.txt',
  file: 'cat "$1" > message.txt',
};

const ARGUMENTS: Readonly<Record<PromptMode, readonly string[]>> = {
  stdin: [],
  argument: ['{prompt}'],
  file: ['{promptFile}'],
};

function commandFor(behaviour: Behaviour, prompt: PromptMode): string | null {
  switch (behaviour) {
    case 'reports':
      return DONE;
    case 'repeats-message':
      return `${SAVE_MESSAGE[prompt]}; ${DONE}`;
    case 'tells-environment':
      return `env > environment.txt; ${DONE}`;
    case 'crashes':
      return 'echo boom >&2; exit 3';
    case 'leaves-early':
      return 'exit 0';
    case 'hangs':
      return 'echo hanging; sleep 300';
    case 'hangs-deaf':
      return "trap '' TERM; echo hanging; sleep 300";
    case 'prints-garbage':
      return `head -c 100000 /dev/urandom; echo; ${DONE}`;
    case 'floods':
      return `yes 'a flood of words' | head -c 20000000; echo; ${DONE}`;
    case 'leaves-child':
      return `sleep 300 & ${DONE}`;
    case 'reports-nonsense':
      return 'echo I think that I am finished';
    case 'meets-limit':
      return null;
    default:
      return behaviour satisfies never;
  }
}

for (const prompt of ['stdin', 'argument', 'file'] as const) {
  describeAgentConformance(`command, prompt by ${prompt}`, {
    adapter: commandAdapter,
    maxMessageBytes: prompt === 'argument' ? 128 * 1024 - 1 : null,
    play(behaviour) {
      const command = commandFor(behaviour, prompt);
      if (command === null) return null;
      return {
        kind: 'command',
        command: ['sh', '-c', command, 'sh', ...ARGUMENTS[prompt]],
        prompt,
        env: [],
      };
    },
    missing: () => ({ kind: 'command', command: ['no-such-program-anywhere'], prompt, env: [] }),
  });
}
