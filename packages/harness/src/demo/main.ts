import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { makeSampleRepository } from './make-sample-repository.ts';
import { makeDemoFolder, type DemoFolder } from './demo-folder.ts';
import { runTina } from './run-tina.ts';
import { showLog } from './show-log.ts';

const HELP = `Shows Tina at work: a design with two phases on a sample repository, with scripted agents. Nothing outside a
temporary folder is touched, no model is asked.

  npm run demo [-- --keep]

  --keep    leave the repository and Tina's state to look at
`;

/** Runs the demo; the answer is the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { keep: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const folder = await makeDemoFolder();
  // The follower below prints how to come back; the demo only waits for it and then clears up.
  process.on('SIGINT', () => undefined);
  try {
    await makeSampleRepository(folder.repository);
    process.stdout.write(
      `\nA sample repository: ${folder.repository}\n$ tina orchestrate ${folder.design}\n\n`,
    );
    const code = await runTina(folder, ['orchestrate', folder.design, '--finalize', 'merge']);
    if (code !== 0) return code;
    process.stdout.write('\n$ git log --oneline --graph\n\n');
    await showLog(folder.repository);
    return 0;
  } finally {
    await leave(folder, values.keep);
  }
}

async function leave(folder: DemoFolder, keep: boolean): Promise<void> {
  if (!keep) {
    await runTina(folder, ['cancel', folder.feature, '--reason', 'the demo ended'], 'ignore');
    await runTina(folder, ['wait', folder.feature, '--timeout', '20s'], 'ignore');
  }
  await runTina(folder, ['daemon', 'stop'], 'ignore');
  if (!keep) {
    await rm(folder.path, { recursive: true, force: true });
    process.stdout.write(
      '\nThe sample repository is removed again. To keep it and look around: npm run demo -- --keep\n' +
        'On a repository of yours: bin/tina init, then bin/tina orchestrate <design.md>\n',
    );
    return;
  }
  process.stdout.write(
    `\nKept in ${folder.path}. Look around:\n` +
      `  export TINA_HOME=${folder.home}; cd ${folder.repository}\n` +
      `  ${folder.tina} status ${folder.feature}\n` +
      `  ${folder.tina} events ${folder.feature}\n`,
  );
}

process.exitCode = await main(process.argv.slice(2));
