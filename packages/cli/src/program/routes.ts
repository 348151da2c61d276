import { buildRouteMap } from '@stricli/core';
import { completeCommand, completionCommand, daemonCommands } from './other-commands.ts';
import {
  attachCommand,
  eventsCommand,
  logsCommand,
  runsCommand,
  statusCommand,
  taskCommand,
  tasksCommand,
  verifyCommand,
  waitCommand,
  watchCommand,
} from './reading-commands.ts';
import { reportCommands } from './report-commands.ts';
import { configCommand, doctorCommand, initCommand, orchestrateCommand } from './start-commands.ts';
import {
  approveCommand,
  cancelCommand,
  cleanupCommand,
  finalizeCommand,
  pauseCommand,
  rejectCommand,
  resumeCommand,
  retryCommand,
  skipCommand,
} from './steering-commands.ts';

export const routes = buildRouteMap({
  routes: {
    orchestrate: orchestrateCommand,
    init: initCommand,
    doctor: doctorCommand,
    config: configCommand,

    runs: runsCommand,
    status: statusCommand,
    watch: watchCommand,
    wait: waitCommand,
    tasks: tasksCommand,
    task: taskCommand,
    events: eventsCommand,
    logs: logsCommand,
    attach: attachCommand,

    approve: approveCommand,
    reject: rejectCommand,
    finalize: finalizeCommand,
    pause: pauseCommand,
    resume: resumeCommand,
    retry: retryCommand,
    skip: skipCommand,
    cancel: cancelCommand,

    verify: verifyCommand,
    cleanup: cleanupCommand,
    daemon: daemonCommands,
    completion: completionCommand,
    report: reportCommands,
    __complete: completeCommand,
  },
  docs: {
    brief: 'Carry a design document to a reviewed, merged branch with AI coding agents',
    hideRoute: { report: true, __complete: true },
  },
});
