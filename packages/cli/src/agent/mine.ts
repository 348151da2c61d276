import type { ProcedureOutput } from '@tina/contract';
import { printJson, printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { callAsAgent } from './call-as-agent.ts';
import { messageLines } from './message-lines.ts';

type What = 'task' | 'findings' | 'usage';

/** What the calling agent works at, what was found about it, and what it has used. */
export async function mine(
  context: CliContext,
  flags: { readonly json: boolean },
  what: What = 'task',
): Promise<void> {
  const { answer, lines } = await LOOKS[what](context);
  if (flags.json) return printJson(context.io, answer);
  printLines(context.io, lines);
}

interface Look {
  readonly answer: object;
  readonly lines: readonly string[];
}

const LOOKS: Readonly<Record<What, (context: CliContext) => Promise<Look>>> = {
  async task(context) {
    const answer = await callAsAgent(context, 'agent.task', {});
    return { answer, lines: taskLines(answer) };
  },
  async findings(context) {
    const answer = await callAsAgent(context, 'agent.findings', {});
    const lines = answer.findings.map(findingLine);
    return { answer, lines: lines.length === 0 ? ['No open finding concerns you.'] : lines };
  },
  async usage(context) {
    const answer = await callAsAgent(context, 'agent.usage', {});
    const { usage, turn } = answer;
    const lines =
      usage === null
        ? [`Turn ${turn} is under way; nothing was counted yet.`]
        : Object.entries(usage).map(([name, value]) => `${name}: ${value ?? 'unknown'}`);
    return { answer, lines };
  },
};

function taskLines(task: ProcedureOutput<'agent.task'>): string[] {
  const { predecessor: before } = task;
  const list = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', title, ...lines.map((line) => `- ${line}`)];
  return [
    `${task.taskName}: ${task.title}`,
    `You are the ${task.role} of attempt ${task.attemptId}, in turn ${task.turn}, run ${task.runId} (${task.feature}).`,
    `Branch ${task.branch}, from ${task.startCommit}.`,
    ...list('Files that you may change:', task.files),
    ...list('Acceptance:', task.acceptance),
    ...list('Open findings:', task.findings.map(findingLine)),
    ...(task.body === '' ? [] : ['', task.body]),
    ...(before === null
      ? []
      : [
          '',
          `The attempt before, ${before.attemptId}, was ${before.status}: ${before.reason ?? 'no reason given'}.`,
        ]),
    '',
    `Report: tina report ${task.report}`,
    ...(task.unreadMessages === 0
      ? []
      : [`Messages for you: ${task.unreadMessages}. Read them with  tina inbox`]),
  ];
}

function findingLine({
  id,
  severity,
  message,
  file,
  line,
}: ProcedureOutput<'agent.findings'>['findings'][number]): string {
  const place = file === null ? '' : ` (${file}${line === null ? '' : `:${line}`})`;
  return `${id}, ${severity}: ${message}${place}`;
}

/** The messages that wait for the calling agent. */
export async function inbox(
  context: CliContext,
  flags: { readonly after: string | undefined; readonly json: boolean },
): Promise<void> {
  const input = flags.after === undefined ? {} : { after: flags.after };
  const answer = await callAsAgent(context, 'agent.messages.read', input);
  if (flags.json) return printJson(context.io, answer);
  const { messages, more } = answer;
  if (messages.length === 0) return printLines(context.io, ['No message waits for you.']);
  const rest = more === 0 ? [] : [`${more} more:  tina inbox`];
  printLines(context.io, [...messages.flatMap(messageLines), ...rest]);
}
