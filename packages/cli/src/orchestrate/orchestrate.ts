import { dirname } from 'node:path';
import { newIdempotencyKey } from '@tina/client';
import { TinaError, type ProcedureInput, type ProcedureOutput } from '@tina/contract';
import type { FinalizeMode, Preset } from '@tina/domain';
import { conclude } from '../follow/conclude.ts';
import { followEvents } from '../follow/follow-events.ts';
import { followRun } from '../follow/follow-run.ts';
import { printJson, printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { request, warn } from '../program/with-client.ts';
import { findRepository } from '../run/find-repository.ts';
import { chooseFinalize, createFinalizer } from './ask-finalize.ts';
import { explainNoAgent } from './no-agent.ts';
import { readDesign, type DesignFile } from './read-design.ts';

interface Flags {
  readonly new: boolean;
  readonly feature: string | undefined;
  readonly base: string | undefined;
  readonly agent: string | undefined;
  readonly model: string | undefined;
  readonly policy: Preset | undefined;
  readonly finalize: FinalizeMode | undefined;
  readonly parallel: number | undefined;
  readonly sandbox: boolean;
  readonly budgetCost: number | undefined;
  readonly budgetTokens: number | undefined;
  readonly detach: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

type Created = ProcedureOutput<'run.create'>;

export async function orchestrate(context: CliContext, flags: Flags, designPath: string): Promise<void> {
  const design = readDesign(designPath, context.io.cwd);
  const created = await create(context, createInput(context, flags, design));
  const { runId } = created;
  announce(context, flags, created, designPath);
  if (flags.detach) return;
  if (flags.json) {
    const onEvent = flags.yes ? keepAtTheEnd(context, runId) : undefined;
    const after = created.outcome === 'started' ? 0 : await revisionOf(context, runId);
    const end = await followEvents(context, runId, { after, ...(onEvent ? { onEvent } : {}) });
    return conclude(context, runId, end, true);
  }
  const end = await followRun(context, runId, { onView: createFinalizer(context, flags.yes) });
  return conclude(context, runId, end, false);
}

function createInput({ io }: CliContext, flags: Flags, design: DesignFile): ProcedureInput<'run.create'> {
  const { feature, base, agent, model, policy: preset, finalize, parallel } = flags;
  const given = Object.entries({ feature, base, agent, model, preset, finalize, parallel });
  return {
    idempotencyKey: newIdempotencyKey(),
    designPath: design.path,
    designText: design.text,
    // The project one stands in; from elsewhere, the one that holds the design.
    directory: findRepository(io.cwd) === null ? dirname(design.path) : io.cwd,
    fresh: flags.new,
    ...(flags.yes ? { unattended: true } : {}),
    ...(flags.sandbox ? { sandbox: true } : {}),
    ...budgetOf(flags),
    ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
  };
}

function budgetOf({
  budgetCost: cost,
  budgetTokens: tokens,
}: Flags): Pick<ProcedureInput<'run.create'>, 'budget'> {
  if (cost === undefined && tokens === undefined) return {};
  const given = Object.entries({ cost, tokens }).filter(([, amount]) => amount !== undefined);
  return { budget: Object.fromEntries(given) };
}

async function create(context: CliContext, input: ProcedureInput<'run.create'>): Promise<Created> {
  try {
    return await request(context, (client) => client.call('run.create', input));
  } catch (error) {
    if (error instanceof TinaError && error.code === 'no_agent') throw await explainNoAgent(error, context);
    throw error;
  }
}

const OUTCOMES = {
  started: 'started',
  found: 'is under way already',
  resumed: 'was paused and goes on',
} as const satisfies Record<Created['outcome'], string>;

function announce(
  context: CliContext,
  { json, detach, yes }: Flags,
  created: Created,
  designPath: string,
): void {
  if (json) return printJson(context.io, { started: created });
  for (const warning of created.warnings) warn(context, warning);
  if (created.designChanged) {
    warn(
      context,
      `${designPath} has changed since; the run follows the design as it was. For the new one:  --new`,
    );
  }
  if (detach && yes && created.outcome !== 'started')
    warn(context, '--yes is without effect with --detach: the run keeps the settings it was started with.');
  const follows = created.outcome === 'found' && !detach ? '; this follows it' : '';
  printLines(context.io, [`Run ${created.runId} ${OUTCOMES[created.outcome]}${follows}.`]);
  if (detach)
    printLines(context.io, [`next: tina watch ${created.runId}`, `      tina wait ${created.runId}`]);
}

function keepAtTheEnd(context: CliContext, run: string) {
  return async ({
    type,
    data,
  }: {
    readonly type: string;
    readonly data: Readonly<Record<string, unknown>>;
  }) => {
    if (type === 'gate.opened' && data['kind'] === 'finalize') await chooseFinalize(context, run, 'keep');
  };
}

/** Of a run that was there before, only what is new is told. */
async function revisionOf(context: CliContext, run: string): Promise<number> {
  return (await request(context, (client) => client.call('run.get', { run }))).revision;
}
