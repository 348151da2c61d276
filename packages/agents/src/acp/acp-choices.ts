import { type Fields, fieldsOf, listOf, textOf } from '../cli/json-fields.ts';

/** A request that chooses something for a session. */
export interface AcpChoice {
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
}

export type ChoiceOutcome =
  /** Null: it is so already. */
  | { readonly kind: 'known'; readonly choice: AcpChoice | null }
  | { readonly kind: 'unknown'; readonly offered: readonly string[] };

/**
 * How a model is chosen, by what opened the session: agents offer it as an option of the category `model`, or in a list of models.
 * A name or an id will do.
 */
export function chooseModel(session: Fields, model: string): ChoiceOutcome {
  const option = optionOf(session, 'model');
  const byOption = option === null ? null : chooseOption(option, model);
  if (byOption?.kind === 'known') return byOption;
  const models = fieldsOf(session['models']);
  const offered = listOf(models['availableModels']).map(fieldsOf);
  if (offered.length === 0 && byOption !== null) return byOption;
  return choose(offered, 'modelId', model, textOf(models['currentModelId']), (modelId) => ({
    method: 'session/set_model',
    params: { modelId },
  }));
}

/** The same for its mode: what it may do unasked. */
export function chooseMode(session: Fields, mode: string): ChoiceOutcome {
  const modes = fieldsOf(session['modes']);
  const offered = listOf(modes['availableModes']).map(fieldsOf);
  const option = optionOf(session, 'mode');
  if (offered.length === 0 && option !== null) return chooseOption(option, mode);
  return choose(offered, 'id', mode, textOf(modes['currentModeId']), (modeId) => ({
    method: 'session/set_mode',
    params: { modeId },
  }));
}

function optionOf(session: Fields, category: string): Fields | null {
  const options = listOf(session['configOptions']).map(fieldsOf);
  return options.find((option) => option['category'] === category && textOf(option['id']) !== null) ?? null;
}

function chooseOption(option: Fields, wanted: string): ChoiceOutcome {
  const offered = listOf(option['options']).map(fieldsOf);
  const configId = textOf(option['id']) ?? '';
  return choose(offered, 'value', wanted, textOf(option['currentValue']), (value) => ({
    method: 'session/set_config_option',
    params: { configId, value },
  }));
}

function choose(
  offered: readonly Fields[],
  key: string,
  wanted: string,
  current: string | null,
  request: (id: string) => AcpChoice,
): ChoiceOutcome {
  const found =
    offered.find((one) => one[key] === wanted) ??
    offered.find((one) => textOf(one['name'])?.toLowerCase() === wanted.toLowerCase());
  const id = textOf(found?.[key]) ?? (wanted === current ? current : null);
  if (id === null) return { kind: 'unknown', offered: offered.flatMap((one) => textOf(one[key]) ?? []) };
  return { kind: 'known', choice: id === current ? null : request(id) };
}
