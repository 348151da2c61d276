import { isDeepStrictEqual } from 'node:util';
import type { Store } from '@tina/store';

/**
 * The real store, with another one as a witness: both are asked everything, and an answer that the witness does not give as
 * well is told. What throws must throw in both.
 */
export function twinStore(real: Store, witness: Store, onDifference: (what: string) => void): Store {
  const methods = (Object.keys(witness) as (keyof Store)[]).map((method) => {
    const [ask, askWitness] = [real[method], witness[method]] as [Ask, Ask];
    const both: Ask = async (...args) => {
      const [answer, expected] = await Promise.all([settled(ask, args), settled(askWitness, args)]);
      if (!isDeepStrictEqual(plain(answer), plain(expected))) {
        const texts = [answer, expected].map((each) => JSON.stringify(each).slice(0, 200));
        onDifference(`store ${method} answers ${texts[0]}, not ${texts[1]}`);
      }
      if ('error' in answer) throw answer.cause;
      return answer.value;
    };
    return [method, both];
  });
  return Object.fromEntries(methods) as Store;
}

type Ask = (...args: unknown[]) => Promise<unknown>;
type Settled = { readonly value: unknown } | { readonly error: true; readonly cause: unknown };

async function settled(ask: Ask, args: unknown[]): Promise<Settled> {
  try {
    return { value: await ask(...args) };
  } catch (cause) {
    return { error: true, cause };
  }
}

/** As it is when it was written and read: without what is undefined. Why both threw may differ. */
function plain(answer: Settled): unknown {
  return 'error' in answer ? 'error' : (JSON.parse(JSON.stringify([answer.value])) as unknown);
}
