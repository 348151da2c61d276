import { type AgentTestView, type ErrorData, TinaError } from '@tina/contract';
import { dateAndTime, elapsed } from '../output/amounts.ts';
import { type Look, lookOf } from '../output/look.ts';
import { plain } from '../output/plain.ts';
import { printJson, printLines } from '../output/print.ts';
import { createStyle, type Style } from '../output/style.ts';
import type { CliContext } from '../program/context.ts';
import { agentCalled, agentSearch } from './load-agents.ts';
import { lookAt } from './look-at-agents.ts';
import { writeTest } from './test-record.ts';

/** A small turn takes a minute at most; a service under load, some more. */
const DEFAULT_TIMEOUT_MS = 180_000;

interface Flags {
  readonly model: string | undefined;
  readonly timeout: number | undefined;
  readonly json: boolean;
}

type Step = AgentTestView['steps'][number];

export async function testAgent(context: CliContext, flags: Flags, name: string): Promise<void> {
  const { io } = context;
  const search = agentSearch(context);
  const agent = { name, definition: agentCalled(name, search) };
  const { view, definition, problems } = await lookAt(agent, search, {});
  const [problem] = problems;
  if (problem !== undefined) throw notReady(problem);
  const look = lookOf(io);
  const style = createStyle(look.colour);
  if (!flags.json)
    printLines(io, [`${style.bold(plain(name))}  ${plain(view.version ?? '')}  ${plain(view.path ?? '')}`]);
  const { version } = view;
  const model = flags.model ?? null;
  const timeoutMs = flags.timeout ?? DEFAULT_TIMEOUT_MS;
  const interrupted = new AbortController();
  const stopListening = io.onInterrupt(() => interrupted.abort());
  const at = io.now();
  const startedAt = performance.now();
  // Only who tests pays for the agents.
  const { tryAgent } = await import('../service/try-agent.ts');
  const repository = search.repository ?? search.cwd;
  const onStep = (step: Step): void => {
    if (flags.json) printJson(io, { step });
    else printLines(io, [stepLine(step, style, look)]);
  };
  const trial = {
    name,
    definition,
    repository,
    model,
    version,
    timeoutMs,
    signal: interrupted.signal,
    onStep,
  };
  const result = await tryAgent(trial, { paths: search.paths, env: io.env }).finally(stopListening);
  const durationMs = Math.round(performance.now() - startedAt);
  const test: AgentTestView = { agent: name, at, durationMs, version, model, ...result, next: [] };
  const whole = { ...test, next: nextSteps(test) };
  // What a person broke off says nothing of the agent.
  if (!interrupted.signal.aborted) writeTest(search.paths, definition, whole);
  if (!whole.isFit) context.process.exitCode = interrupted.signal.aborted ? 130 : 1;
  if (flags.json) return printJson(io, { test: whole });
  printLines(io, ['', ...conclusion(whole, style)]);
}

function notReady({ place, message, details, next }: ErrorData): TinaError {
  return new TinaError({
    code: 'agent_not_ready',
    message,
    ...(place === null ? {} : { place }),
    details,
    next: next.map((step) => (step === 'tina doctor' ? 'tina agents' : step)),
  });
}

function stepLine({ step, outcome, found }: Step, style: Style, { unicode }: Look): string {
  const marks = unicode ? { seen: '✔', missing: '✖', untold: '-' } : { seen: '+', missing: 'x', untold: '-' };
  const paint = { seen: style.green, missing: style.red, untold: style.dim }[outcome];
  return `  ${paint(marks[outcome])} ${step.padEnd(9)}  ${plain(found)}`;
}

function conclusion(test: AgentTestView, style: Style): string[] {
  const took = elapsed(test.durationMs);
  if (test.isFit) return [`${test.agent} is fit for the work, in ${took}.`];
  const { error } = test;
  return [
    `${test.agent} is not fit${error === null ? '' : `: ${error.kind}`}, after ${took}.`,
    ...(error === null
      ? []
      : error.message
          .trim()
          .split('\n')
          .map((line) => `  ${plain(line)}`)),
    ...test.next.map((step) => `${style.bold('next:')} ${plain(step)}`),
  ];
}

function nextSteps({ agent, isFit, error, steps, model }: AgentTestView): readonly string[] {
  if (isFit) return [];
  const again = `tina agents test ${agent}`;
  if (error === null) {
    const missing = steps.find((step) => step.outcome === 'missing')?.step ?? 'reported';
    return [`${again} --model <a stronger model>`, ...(missing === 'committed' ? ['tina agents'] : [])];
  }
  switch (error.kind) {
    case 'authentication':
      return [`log in with the program itself, then  ${again}`];
    case 'limit':
      return [`${error.resetAt === null ? 'later' : `after ${dateAndTime(error.resetAt)}`}:  ${again}`];
    case 'overload':
      return [`in some minutes:  ${again}`];
    case 'network':
      return [`look at the network and its proxy (HTTPS_PROXY), then  ${again}`];
    case 'timeout':
    case 'no_progress':
      return [`${again} --timeout 10m`];
    case 'refusal':
      return [`${again} --model <another model>`];
    case 'bad_output':
    case 'crash':
      return [
        ...(model === null ? [] : [`${again}  (without --model: is ${model} a name that it knows?)`]),
        'tina agents                  its version, and how it is started',
      ];
    default:
      return error.kind satisfies never;
  }
}
