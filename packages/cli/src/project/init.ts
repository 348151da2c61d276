import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type InitView, TinaError } from '@tina/contract';
import { printJson, printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { findRepository } from '../run/find-repository.ts';
import { ADD_AGENT } from './add-agent.ts';
import { findAgents, type FoundAgent } from './find-agents.ts';
import { lookAtProject, type ProjectFacts } from './look-at-project.ts';
import { proposeConfig } from './propose-config.ts';
import { projectConfigPath } from './read-config.ts';

interface Flags {
  readonly write: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

export async function init(context: CliContext, flags: Flags): Promise<void> {
  const { io } = context;
  const root = findRepository(io.cwd) ?? notInRepository(io.cwd);
  const path = projectConfigPath(root);
  const facts = await lookAtProject(root);
  const agents = findAgents(io.env['PATH']);
  const proposal = proposeConfig(facts, agents);
  const exists = existsSync(path);
  if (exists && flags.write && !flags.force) throw alreadyThere(path);
  if (flags.json) {
    if (flags.write) write(path, proposal);
    const names = agents.map(({ name, path: program }) => ({ name, path: program }));
    const view: InitView = {
      path,
      exists,
      written: flags.write,
      proposal,
      parts: facts.parts,
      agents: names,
    };
    return printJson(io, view);
  }
  printLines(io, [...findings(root, facts, agents), '', ...proposal.trimEnd().split('\n'), '']);
  const mayReplace = !exists || flags.force;
  if (!mayReplace)
    return printLines(io, [
      `${path} is there already and was left as it is.`,
      'next: tina init --write --force',
    ]);
  if (!flags.write && !(await agrees(context, path, exists)))
    return printLines(io, ['Nothing was written.', 'next: tina init --write']);
  write(path, proposal);
  printLines(io, [
    `Written: ${path}`,
    ...nextSteps(agents.length > 0).map((step, index) => `${index === 0 ? 'next:' : '     '} ${step}`),
  ]);
}

function nextSteps(hasAgent: boolean): string[] {
  return [
    ...(hasAgent ? [] : ADD_AGENT),
    'tina doctor',
    'git add .tina/config.yaml && git commit -m "Configure Tina"',
    'tina orchestrate <design.md>',
  ];
}

function findings(root: string, { parts, include }: ProjectFacts, agents: readonly FoundAgent[]): string[] {
  const kinds = parts.map((part) => part.seen).join(', ');
  return [
    `project: ${root}`,
    `found:   ${kinds === '' ? 'nothing that says how it is checked' : kinds}`,
    ...(include.length === 0 ? [] : [`ignored: ${include.join(', ')}`]),
    `agents:  ${agents.length === 0 ? 'none on PATH' : agents.map(({ name, path }) => `${name} (${path})`).join(', ')}`,
  ];
}

async function agrees({ io }: CliContext, path: string, exists: boolean): Promise<boolean> {
  if (!io.canAsk) return false;
  const answer = await io.ask(`${exists ? 'Replace' : 'Write'} ${path}? [y/N] `);
  return /^y(es)?$/i.test(answer ?? '');
}

/** Whole or not at all. */
function write(path: string, text: string): void {
  const temporary = `${path}.tmp-${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    throw new TinaError({
      code: 'config_unwritable',
      message: `The configuration could not be written: ${(error as Error).message}.`,
      place: { file: path },
      next: [`ls -ld ${dirname(path)}`],
      cause: error,
    });
  }
}

function notInRepository(cwd: string): never {
  throw new TinaError({
    code: 'not_a_repository',
    message: 'This is not a git repository.',
    place: { file: cwd },
    next: ['cd <your project>', 'git init'],
  });
}

function alreadyThere(path: string): TinaError {
  return new TinaError({
    code: 'config_exists',
    message: 'There is a configuration already, and it was left as it is.',
    place: { file: path },
    next: ['tina config', 'tina init --write --force'],
  });
}
