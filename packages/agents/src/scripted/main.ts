import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { ScriptedContext } from './protocol.ts';
import { runScriptedAgent } from './run/scripted-agent.ts';
import { parseScript } from './script/parse-script.ts';

/** `scripted-agent <script> <context as JSON>`: works in the current folder, speaks JSON lines (protocol.ts). */
async function main(): Promise<void> {
  const [scriptPath = '', context = '{}'] = process.argv.slice(2);
  const { script, problems } = parseScript(readFileSync(scriptPath, 'utf8'));
  if (script === null) {
    for (const { message, line, column } of problems) {
      process.stderr.write(`${scriptPath}:${line}:${column}: ${message}\n`);
    }
    process.exitCode = 2;
    return;
  }
  const ending = await runScriptedAgent({
    script,
    scriptPath,
    context: JSON.parse(context) as ScriptedContext,
    worktree: process.cwd(),
    env: process.env,
    requests: createInterface({ input: process.stdin }),
    write: (bytes) =>
      new Promise((resolve) => {
        process.stdout.write(bytes, () => resolve());
      }),
    writeError: (text) => void process.stderr.write(text),
    ignoreSigterm: () => void process.on('SIGTERM', () => {}),
  });
  if (ending.kind === 'die') process.kill(process.pid, ending.signal);
  else process.exit(ending.exitCode);
}

await main();
