// How every script ends when it cannot go on.

/** Says what happened and what to do next, and ends the process with 1. */
export function stop(what, next) {
  process.stderr.write(`\n${what}\n${next === undefined ? '' : `next: ${next}\n`}`);
  process.exit(1);
}
