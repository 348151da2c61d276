import { buildCommand, type BaseArgs, type Command, type TypedCommandParameters } from '@stricli/core';
import type { CliContext } from './context.ts';

/** An interface has no index signature, so this is as much as can be asked of flags. */
type AnyFlags<Flags> = Readonly<Partial<Record<keyof Flags, unknown>>>;

interface CommandDefinition<Flags extends AnyFlags<Flags>, Args extends BaseArgs> {
  /** Loads the command's code, which nobody but this command pays for. */
  readonly load: () => Promise<(context: CliContext, flags: Flags, ...args: Args) => void | Promise<void>>;
  readonly parameters: NoInfer<TypedCommandParameters<Flags, Args, CliContext>>;
  readonly docs: { readonly brief: string; readonly fullDescription: string };
}

/** A command of the program. Stricli gives the context as `this`; here it is the first parameter. */
export function command<const Flags extends AnyFlags<Flags>, const Args extends BaseArgs>({
  load,
  parameters,
  docs,
}: CommandDefinition<Flags, Args>): Command<CliContext> {
  return buildCommand<Flags, Args, CliContext>({
    loader: async () => {
      const run = await load();
      return function (this: CliContext, flags: Flags, ...args: Args) {
        return run(this, flags, ...args);
      };
    },
    parameters,
    docs,
  });
}
