/** What `{name}` in a command stands for. */
export interface PlaceholderValues {
  readonly prompt: string;
  readonly promptFile: string;
  /** Empty when the run names no model. */
  readonly model: string;
  readonly role: string;
  /** The folder for files that the agent hands over. */
  readonly out: string;
}

/** Fills in one argument. A value is never looked through again, so a prompt may say `{model}`. */
export function fillPlaceholders(argument: string, values: PlaceholderValues): string {
  return argument.replace(
    /\{(prompt|promptFile|model|role|out)\}/g,
    (_whole, name: keyof PlaceholderValues) => values[name],
  );
}

export function hasPlaceholder(command: readonly string[], name: keyof PlaceholderValues): boolean {
  return command.some((argument) => argument.includes(`{${name}}`));
}
