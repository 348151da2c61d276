import { parseScript } from '@tina/agents';
import { mergeConfig, parseDuration, formatDuration } from '@tina/contract';
import { parseDesign, parseMessage, parsePlan, ROLES } from '@tina/domain';
import { BrokenPromise, type FuzzTarget, plainTarget, textTrial, type Verdict } from '../fuzz-target.ts';
import { longText, mutatedText } from '../input/mutate-text.ts';
import { scenarioFile } from '../../scenario/scenario.ts';
import { readYaml } from '../../scenario/read-yaml.ts';
import {
  CONFIGS,
  DESIGNS,
  DURATIONS,
  MARKDOWN_WORDS,
  MESSAGE_WORDS,
  MESSAGES,
  PLANS,
  SCENARIOS,
  SCRIPTS,
  YAML_WORDS,
} from './corpus.ts';

/** One input in so many is long: up to 1 MB, to see whether the time grows faster than the text. */
const LONG_ONE_IN = 3_000;

interface TextSource {
  readonly corpus: readonly string[];
  readonly words: readonly string[];
}

function textTarget(
  name: string,
  share: number,
  { corpus, words }: TextSource,
  read: (text: string) => Verdict,
): FuzzTarget {
  return plainTarget(name, share, (random) => {
    const isLong = random.oneIn(LONG_ONE_IN);
    const text = isLong ? longText(random, corpus, words) : mutatedText(random, corpus, words);
    return textTrial(text, read);
  });
}

/** Everything that reads a text that a person or an agent wrote. */
export const TEXT_TARGETS: readonly FuzzTarget[] = [
  textTarget('design', 3, { corpus: DESIGNS, words: MARKDOWN_WORDS }, (text) => {
    const parsed = parseDesign(text);
    if (parsed.ok) return 'accepted';
    placed(
      text,
      parsed.findings.filter(({ severity }) => severity === 'error'),
      'a line or none',
    );
    return 'refused';
  }),
  textTarget('plan', 3, { corpus: PLANS, words: MARKDOWN_WORDS }, (text) => {
    const { plan, findings } = parsePlan(text, 'spec');
    if (plan !== null && findings.length === 0) return 'accepted';
    placed(text, findings, 'a line or none');
    return 'refused';
  }),
  textTarget('message', 12, { corpus: MESSAGES, words: MESSAGE_WORDS }, (text) => {
    const read = ROLES.map((role) => parseMessage(role, '1', text));
    return read.some((message) => message !== null) ? 'accepted' : 'refused';
  }),
  textTarget('config', 1.2, { corpus: CONFIGS, words: YAML_WORDS }, (text) => {
    const merged = mergeConfig(
      { path: '/srv/config.yaml', text },
      { path: '/srv/app/config.yaml', text: BASE },
    );
    if (merged.ok) return 'accepted';
    placed(
      text,
      merged.errors.map(({ message, place }) => ({ message, line: place?.line ?? null })),
      'a line',
    );
    return 'refused';
  }),
  textTarget(
    'duration',
    12,
    { corpus: DURATIONS, words: ['1', 's', 'ms', 'h', 'd', '99999999999'] },
    duration,
  ),
  textTarget('script', 1.2, { corpus: SCRIPTS, words: YAML_WORDS }, (text) => {
    const { script, problems } = parseScript(text);
    if (script !== null) return 'accepted';
    placed(text, problems, 'a line');
    return 'refused';
  }),
  textTarget('scenario', 1.2, { corpus: SCENARIOS, words: YAML_WORDS }, (text) => {
    const { value, problems } = readYaml(text, scenarioFile);
    if (value !== null) return 'accepted';
    placed(text, problems, 'a line');
    return 'refused';
  }),
];

const BASE = 'version: 1\nlimits: { tasksPerPlan: 5 }\n';

function duration(text: string): Verdict {
  const ms = parseDuration(text);
  if (ms === null) return 'refused';
  if (parseDuration(formatDuration(ms)) !== ms)
    throw new BrokenPromise(`${ms} ms is written so that it reads otherwise`);
  return 'accepted';
}

interface Placed {
  readonly message: string;
  readonly line: number | null;
}

/** What is refused says why, and where: on a line that the text has (G31). */
function placed(text: string, errors: readonly Placed[], promise: 'a line' | 'a line or none'): void {
  if (errors.length === 0) throw new BrokenPromise('it was refused without an error');
  const lines = text.split(/\r\n|\r|\n/).length;
  for (const { message, line } of errors) {
    if (message.trim() === '') throw new BrokenPromise('an error says nothing');
    if (line === null ? promise === 'a line' : !(line >= 1 && line <= lines))
      throw new BrokenPromise(`an error stands on line ${line} of ${lines}: ${message.slice(0, 200)}`);
  }
}
