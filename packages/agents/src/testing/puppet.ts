/**
 * A command that speaks lines of JSON as a test tells it. `script` is JavaScript: `on(record)` is called with each line of stdin,
 * `say(record)` writes one, `args` are the arguments that the adapter gave.
 */
export function puppet(script: string): string[] {
  const program = `
    const args = process.argv.slice(1);
    const say = (record) => process.stdout.write(JSON.stringify(record) + '\\n');
    let on = () => {};
    ${script}
    require('readline').createInterface({ input: process.stdin }).on('line', (line) => on(JSON.parse(line)));
  `;
  return [process.execPath, '-e', program, '--'];
}
