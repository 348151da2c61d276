export { createHostHandlers } from './service/host-handlers.ts';
export { type CliOptions, runCli } from './run-cli.ts';
export type { CliIo, OutputStream } from './terminal/io.ts';
