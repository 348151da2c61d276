import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Launch } from '@tina/contract';
import { parseMessage, type Report, type TurnOutcome, type Usage } from '@tina/domain';
import type { AgentAdapter, AgentSession } from '../adapter/agent-adapter.ts';
import { endEscaped } from '../cli/escaped-processes.ts';
import { failedTurn } from '../adapter/turn-outcomes.ts';
import { agentIo } from '../host/agent-io.ts';
import { agentSecrets } from '../secret/secret.ts';
import { redactor } from '../secret/redactor.ts';
import { TRIAL_PHASE, TRIAL_ROLE, trialPrompt } from './trial-prompt.ts';
import { TRIAL_FILE, type TrialRepository } from './trial-repository.ts';
import { TRIAL_STEPS, type TrialResult, type TrialStep, type TrialStepName } from './trial-step.ts';

/** What happens in the repository is looked for so often: nothing tells it. */
const LOOK_MS = 200;
const GRACE_MS = 1_500;

export interface TrialOptions {
  readonly adapter: AgentAdapter;
  /** As for any attempt; its prompt is the trial's. */
  readonly launch: Omit<Launch, 'prompt'>;
  readonly repository: TrialRepository;
  /** The longest that it may take. */
  readonly timeoutMs: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** Each step when it is seen, in order; what is missing, at the end. */
  onStep(step: TrialStep): void;
}

/** One real turn of an agent, without host and daemon. Nothing of it is left running. */
export async function tryAgent(options: TrialOptions): Promise<TrialResult> {
  const launch: Launch = { ...options.launch, prompt: trialPrompt() };
  const folders = {
    outDirectory: join(launch.directory, 'out'),
    temporaryDirectory: join(launch.directory, 'tmp'),
  };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const messageFile = join(launch.directory, 'prompt.md');
  writeFileSync(messageFile, launch.prompt, { mode: 0o600 });
  const secrets = agentSecrets(launch);
  const session = options.adapter.begin(launch, agentIo(launch, folders, secrets));
  const trial = new Trial(options, redactor(secrets));
  const looking = setInterval(() => trial.look(), LOOK_MS);
  try {
    session.beginTurn({ turn: 1, message: launch.prompt, messageFile });
    return trial.conclude(await trial.follow(session));
  } finally {
    clearInterval(looking);
    await session.end({ graceMs: GRACE_MS });
    await endEscaped({ env: launch.env, spareGroup: null });
  }
}

/** Collects the steps: each is told once, none before those that come before it. */
class Trial {
  readonly #options: TrialOptions;
  readonly #redact: <T>(value: T) => T;
  readonly #steps = new Map<TrialStepName, TrialStep>();

  constructor(options: TrialOptions, redact: <T>(value: T) => T) {
    this.#options = options;
    this.#redact = redact;
  }

  /** Waits for the end of the turn, or of the time that it has. */
  async follow(session: AgentSession): Promise<TurnOutcome> {
    const { timeoutMs, signal } = this.#options;
    const ended = Promise.withResolvers<TurnOutcome>();
    const late = `The turn was not over after ${Math.round(timeoutMs / 1000)} s.`;
    const timer = setTimeout(() => ended.resolve(failedTurn('timeout', late)), timeoutMs);
    const stop = (): void => ended.resolve(failedTurn('crash', 'The trial was ended early.'));
    signal.addEventListener('abort', stop);
    this.#collect(session, ended.resolve).catch(ended.reject);
    try {
      return await ended.promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }

  async #collect(session: AgentSession, end: (outcome: TurnOutcome) => void): Promise<void> {
    for await (const event of session.events) {
      if (event.kind === 'process-started') this.#tell('started', 'seen', `process ${event.pid}`);
      if (event.kind === 'turn-ended') end(this.#redact(event.outcome));
    }
  }

  /** Looks for what is to be seen in the repository. */
  look(): void {
    const { repository } = this.#options;
    if (!this.#steps.has('started')) return;
    if (!this.#steps.has('wrote')) {
      if (!repository.hasFile()) return;
      this.#tell('wrote', 'seen', TRIAL_FILE);
    }
    if (this.#steps.has('committed')) return;
    const commit = repository.commitWithFile();
    if (commit !== null) this.#tell('committed', 'seen', commit);
  }

  conclude(outcome: TurnOutcome): TrialResult {
    this.look();
    if (!this.#steps.has('started')) this.#tell('started', 'missing', 'no process was started');
    if (!this.#steps.has('wrote')) this.#tell('wrote', 'missing', `${TRIAL_FILE} is not there with its line`);
    if (!this.#steps.has('committed')) this.#tell('committed', 'missing', this.#uncommitted());
    this.#tellReport(outcome);
    const { usage } = outcome;
    this.#tell(
      'usage',
      usage === null ? 'untold' : 'seen',
      usage === null ? 'it does not say' : sumOf(usage),
    );
    const steps = TRIAL_STEPS.flatMap((step) => this.#steps.get(step) ?? []);
    const error = outcome.kind === 'failed' ? outcome.error : null;
    return { isFit: error === null && steps.every((step) => step.outcome !== 'missing'), steps, error };
  }

  #uncommitted(): string {
    const changes = this.#options.repository.changes();
    return changes.length === 0 ? 'no commit with it' : `not committed: ${changes.slice(0, 3).join(', ')}`;
  }

  #tellReport(outcome: TurnOutcome): void {
    if (outcome.kind === 'failed') return this.#tell('reported', 'missing', 'the turn failed');
    const report = outcome.report ?? reportIn(outcome.finalMessage);
    if (report?.kind === 'work') return this.#tell('reported', 'seen', report.summary.split('\n')[0] ?? '');
    const last = outcome.finalMessage.trim().split('\n').at(-1) ?? '';
    const why = report?.kind === 'error' ? report.reason : `its last line was: ${last.slice(0, 120)}`;
    this.#tell('reported', 'missing', why);
  }

  #tell(step: TrialStepName, outcome: TrialStep['outcome'], found: string): void {
    if (this.#steps.has(step)) return;
    const told = { step, outcome, found };
    this.#steps.set(step, told);
    this.#options.onStep(told);
  }
}

function reportIn(finalMessage: string): Report | null {
  const parsed = parseMessage(TRIAL_ROLE, TRIAL_PHASE, finalMessage);
  return parsed?.kind === 'report' ? parsed.report : null;
}

function sumOf(usage: Usage): string {
  const cached = (usage.cacheReadTokens ?? 0) + (usage.cacheWriteTokens ?? 0);
  const input = usage.inputTokens === null ? '?' : String(usage.inputTokens + cached);
  const cost = usage.costUsd === null ? '' : `, $${usage.costUsd.toFixed(4)}`;
  return `${input} tokens in, ${usage.outputTokens ?? '?'} out${cost}`;
}
