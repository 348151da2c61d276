import type { AttemptView, CheckView, FindingView, TaskDetailView } from '@tina/contract';
import { elapsed } from '../output/amounts.ts';
import { lookOf } from '../output/look.ts';
import { plain, plainLines } from '../output/plain.ts';
import { printJson, printLines } from '../output/print.ts';
import { createStyle, type Style } from '../output/style.ts';
import { table } from '../output/table.ts';
import type { CliContext } from '../program/context.ts';
import { request } from '../program/with-client.ts';
import { chooseTask } from './choose-task.ts';

export async function task(
  context: CliContext,
  flags: { readonly json: boolean },
  which: string,
): Promise<void> {
  const { io } = context;
  const view = await request(context, async (client) =>
    client.call('task.get', { task: await chooseTask(client, which, io.cwd) }),
  );
  if (flags.json) return printJson(io, view);
  const { width, colour } = lookOf(io);
  const style = createStyle(colour);
  // Sections are indented.
  const room = width === null ? null : width - 2;
  printLines(io, [
    `${style.bold(view.name)}  ${view.status.replaceAll('_', ' ')}  ${plain(view.title)}`,
    ...facts(view, style, room),
    ...section(
      'Acceptance',
      view.acceptance.map((line) => `- ${plain(line)}`),
      style,
    ),
    ...section(
      'Attempts',
      table(
        view.allAttempts.map((one) => attemptRow(one, io.now())),
        room,
      ),
      style,
    ),
    ...section('Checks', table(view.checks.map(checkRow), room), style),
    ...section('Findings', table(view.findings.map(findingRow), room), style),
    ...section(titleOf(view), view.body === '' ? [] : plainLines(view.body), style),
    ...gateLines(view, style),
    ...blockLines(view, style),
  ]);
}

function titleOf({ kind }: TaskDetailView): string {
  return kind === 'review-phase' ? 'Review' : 'Plan';
}

/** How to answer what it waits for. */
function gateLines({ gateId, kind, runId }: TaskDetailView, style: Style): string[] {
  if (gateId === null) return [];
  const next =
    kind === 'finalize'
      ? [`tina finalize ${runId} --merge|--pr|--keep|--discard`]
      : [`tina approve ${gateId}`, `tina reject ${gateId} --comment "..."`];
  return ['', ...next.map((line) => `${style.bold('next:')} ${line}`)];
}

function facts(view: TaskDetailView, style: Style, width: number | null): string[] {
  const rows: [string, string][] = [
    ['id', view.id],
    ['run', view.runId],
    ['team', view.team],
    ['step', view.step ?? ''],
    ['model', view.model ?? ''],
    ['files', view.files.join(', ')],
    ['after', view.dependsOn.join(', ')],
    ['gate', view.gateId ?? ''],
  ];
  const filled = rows.filter(([, value]) => value !== '');
  return table(
    filled.map(([name, value]) => [style.dim(name), plain(value)]),
    width,
  ).map((line) => `  ${line}`);
}

function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : ['', style.bold(title), ...lines.map((line) => `  ${line}`.trimEnd())];
}

function attemptRow(attempt: AttemptView, now: number): string[] {
  const { id, role, agent, model, status, startedAt, endedAt, failure, rescueRef } = attempt;
  const took = startedAt === null ? '' : elapsed((endedAt ?? now) - startedAt);
  const why = failure === null ? '' : `${failure.kind}: ${failure.message}`;
  const kept = rescueRef === null ? '' : `kept under ${rescueRef}`;
  return [
    id,
    role,
    [agent, model].filter(Boolean).join(' '),
    status,
    took,
    plain([why, kept].filter(Boolean).join('; ')),
  ];
}

function checkRow({ name, outcome, durationMs, failures, outputTail }: CheckView): string[] {
  const lastLine = outputTail.trimEnd().split('\n').at(-1) ?? '';
  const why = failures.length > 0 ? failures.join(', ') : lastLine;
  return [name, outcome.replaceAll('_', ' '), elapsed(durationMs), plain(outcome === 'passed' ? '' : why)];
}

function findingRow({ id, severity, status, file, line, message }: FindingView): string[] {
  const place = file === null ? '' : `${file}${line === null ? '' : `:${line}`}`;
  return [id, severity, status, plain(place), plain(message)];
}

function blockLines({ block }: TaskDetailView, style: Style): string[] {
  if (block === null) return [];
  const output = block.output === null ? [] : plainLines(block.output).map((line) => `  ${line}`);
  const next = block.next.map((line) => `${style.bold('next:')} ${plain(line)}`);
  return ['', `${style.red('blocked:')} ${plain(block.message)}`, ...output, ...next];
}
