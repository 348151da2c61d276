import { buildRouteMap, type Command, type RouteMap } from '@stricli/core';
import type { CliContext } from './context.ts';
import {
  askCommand,
  inboxCommand,
  mcpCommand,
  mineCommand,
  progressCommand,
  sayCommand,
} from './agent-commands.ts';
import { agentsCommands } from './agents-commands.ts';
import { answerCommand, messagesCommand, promptCommand, sendCommand } from './message-commands.ts';
import { completionCommand, daemonCommands } from './other-commands.ts';
import {
  actionsCommand,
  attachCommand,
  eventsCommand,
  logsCommand,
  runsCommand,
  statusCommand,
  taskCommand,
  tasksCommand,
  usageCommand,
  verifyCommand,
  waitCommand,
  watchCommand,
} from './reading-commands.ts';
import { harnessCommands } from './harness-commands.ts';
import { reportCommands } from './report-commands.ts';
import { configCommand, doctorCommand, initCommand, orchestrateCommand } from './start-commands.ts';
import {
  approveCommand,
  cancelCommand,
  cleanupCommand,
  editCommand,
  finalizeCommand,
  pauseCommand,
  rejectCommand,
  resumeCommand,
  retryCommand,
  skipCommand,
} from './steering-commands.ts';

type Target = Command<CliContext> | RouteMap<CliContext>;

/** Every command by its name, made when it is asked for. */
const COMMANDS: Readonly<Record<string, () => Target>> = {
  orchestrate: orchestrateCommand,
  init: initCommand,
  doctor: doctorCommand,
  agents: agentsCommands,
  config: configCommand,

  runs: runsCommand,
  status: statusCommand,
  usage: usageCommand,
  watch: watchCommand,
  wait: waitCommand,
  tasks: tasksCommand,
  task: taskCommand,
  events: eventsCommand,
  actions: actionsCommand,
  logs: logsCommand,
  attach: attachCommand,
  messages: messagesCommand,
  prompt: promptCommand,

  approve: approveCommand,
  reject: rejectCommand,
  answer: answerCommand,
  send: sendCommand,
  finalize: finalizeCommand,
  pause: pauseCommand,
  resume: resumeCommand,
  retry: retryCommand,
  skip: skipCommand,
  edit: editCommand,
  cancel: cancelCommand,

  verify: verifyCommand,
  cleanup: cleanupCommand,
  daemon: daemonCommands,
  harness: harnessCommands,
  completion: completionCommand,
  report: reportCommands,
  mine: mineCommand,
  progress: progressCommand,
  ask: askCommand,
  inbox: inboxCommand,
  say: sayCommand,
  mcp: mcpCommand,
};

/** For agents at work: their prompt names them. */
const HIDDEN = ['report', 'mine', 'progress', 'ask', 'inbox', 'say', 'mcp'];

/** Every command: for help, completions, and names that are wrong. */
export function allRoutes(): RouteMap<CliContext> {
  return routeMap(Object.entries(COMMANDS));
}

/** What a command line needs: the command that it names, because making all of them takes longer than running one. */
export function routesFor([name = '']: readonly string[]): RouteMap<CliContext> {
  const target = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  return target === undefined ? allRoutes() : routeMap([[name, target]]);
}

function routeMap(entries: readonly (readonly [string, () => Target])[]): RouteMap<CliContext> {
  return buildRouteMap<string, CliContext>({
    routes: Object.fromEntries(entries.map(([name, make]) => [name, make()])),
    docs: {
      brief: 'Carry a design document to a reviewed, merged branch with AI coding agents',
      hideRoute: Object.fromEntries(HIDDEN.map((name) => [name, true])),
    },
  });
}
