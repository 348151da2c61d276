import { z } from 'zod';
import { type ProcedureName, procedures } from '../procedure/procedures.ts';
import * as actionViews from './action-views.ts';
import * as agentProgramViews from './agent-program-views.ts';
import * as messageViews from './message-views.ts';
import * as setUpViews from './set-up-views.ts';
import * as usageViews from './usage-views.ts';
import * as verifyViews from './verify-views.ts';
import * as views from './views.ts';

/** What procedures answer, for people and for programs in other languages. */
export interface AnswerSchemas {
  /** JSON Schema of each named form; they refer to each other by name. */
  readonly schemas: Readonly<Record<string, Record<string, unknown>>>;
  /** The form of an answer, and whether it is a list of them; null when the form has no name. */
  readonly answerOf: (name: ProcedureName) => { readonly form: string; readonly isList: boolean } | null;
}

/** Made from the schemas of the views, so that it is never out of date. */
export function answerSchemas(): AnswerSchemas {
  const named = z.registry<{ id: string }>();
  const all = [
    views,
    actionViews,
    agentProgramViews,
    messageViews,
    setUpViews,
    usageViews,
    verifyViews,
  ].flatMap((group) => Object.entries<unknown>(group));
  for (const [name, schema] of all) {
    if (schema instanceof z.ZodObject) named.add(schema, { id: formName(name) });
  }
  named.add(procedures['attempt.get'].output, { id: 'AttemptFiles' });
  named.add(procedures['run.create'].output, { id: 'Started' });
  named.add(procedures['run.pause'].output, { id: 'Accepted' });
  return {
    schemas: z.toJSONSchema(named, { uri: (id) => id }).schemas,
    answerOf(name) {
      const { output } = procedures[name];
      const isList = output instanceof z.ZodArray;
      const form = named.get((isList ? output.element : output) as z.ZodType)?.id;
      return form === undefined ? null : { form, isList };
    },
  };
}

/** `taskDetailViewSchema` is called TaskDetail. */
function formName(exportName: string): string {
  const base = exportName.replace(/(?:View|Item)?Schema$/, '');
  return base.charAt(0).toUpperCase() + base.slice(1);
}
