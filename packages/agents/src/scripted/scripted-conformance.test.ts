import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Behaviour } from '../conformance/agent-under-test.ts';
import { describeAgentConformance } from '../conformance/describe-agent-conformance.ts';
import { scriptedAdapter } from './scripted-adapter.ts';

const DONE = `
      - say: at work
      - write: { path: made.txt, content: made }
      - report: { kind: work, summary: all done }`;

const STEPS: Readonly<Record<Behaviour, string>> = {
  reports: DONE,
  'repeats-message': `
      - write: { path: message.txt, content: "{message}" }${DONE}`,
  'tells-environment': `
      - run: env > environment.txt${DONE}`,
  crashes: `
      - crash: { exitCode: 3, stderr: boom }`,
  'leaves-early': `
      - exit`,
  hangs: `
      - hang`,
  'hangs-deaf': `
      - hang: { ignoreSigterm: true }`,
  'prints-garbage': `
      - garbage: 100000${DONE}`,
  floods: `
      - stdout-flood: 20${DONE}`,
  'leaves-child': `
      - spawn: sleep 300${DONE}`,
  'meets-limit': `
      - limit: 60s`,
  'reports-nonsense': `
      - wrong-form`,
};

describeAgentConformance('scripted', {
  adapter: scriptedAdapter,
  maxMessageBytes: null,
  play(behaviour, folder) {
    const script = join(folder, 'script.yaml');
    writeFileSync(script, `version: 1\nentries:\n  - when: { turn: any }\n    do:${STEPS[behaviour]}\n`);
    return { kind: 'scripted', script };
  },
  missing: () => null,
});
