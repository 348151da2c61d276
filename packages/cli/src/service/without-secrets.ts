import { isSecretName, secretsOf } from '@tina/agents';

/**
 * A command line for a screen (G30): the values of secrets of the environment stand as `[NAME]`, and so does what an option or
 * an assignment gives whose name says that it is a secret: `--api-key [api-key]`, `TOKEN=[TOKEN]`.
 */
export function withoutSecrets(line: readonly string[], env: NodeJS.ProcessEnv): readonly string[] {
  const secrets = secretsOf(env);
  return line.map((argument, index) => {
    const option = optionName(line[index - 1] ?? '');
    if (option !== null && isSecret(option) && !argument.startsWith('-')) return `[${option}]`;
    const assigned = /^(?<before>-*(?<name>[\w-]+)=)./.exec(argument)?.groups;
    if (assigned !== undefined && isSecret(assigned['name'] ?? ''))
      return `${assigned['before']}[${assigned['name']}]`;
    return secrets.reduce((text, { name, value }) => text.replaceAll(value, () => `[${name}]`), argument);
  });
}

function optionName(argument: string): string | null {
  return /^--?(?<name>[A-Za-z][\w-]*)$/.exec(argument)?.groups?.['name'] ?? null;
}

function isSecret(name: string): boolean {
  return isSecretName(name.replaceAll('-', '_'));
}
