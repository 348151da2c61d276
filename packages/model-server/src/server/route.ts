import type { Protocol } from '../request/model-request.ts';

/** What an address asks for. */
export type Route =
  | { readonly kind: 'answer'; readonly protocol: Exclude<Protocol, 'gemini'> }
  | {
      readonly kind: 'answer';
      readonly protocol: 'gemini';
      readonly model: string;
      readonly stream: boolean;
    }
  | { readonly kind: 'count'; readonly protocol: 'anthropic' | 'gemini' }
  | { readonly kind: 'list' }
  | { readonly kind: 'other' };

const GEMINI = /\/models\/([^/:]+):(generateContent|streamGenerateContent|countTokens)$/;

/** Agent CLIs put their own base path before an address, or leave out its version: the ending decides. */
export function routeOf(method: string, path: string): Route {
  if (method === 'GET' && path.endsWith('/models')) return { kind: 'list' };
  if (method !== 'POST') return { kind: 'other' };
  const [, model, verb] = GEMINI.exec(path) ?? [];
  if (model !== undefined) {
    if (verb === 'countTokens') return { kind: 'count', protocol: 'gemini' };
    const stream = verb === 'streamGenerateContent';
    return { kind: 'answer', protocol: 'gemini', model: decodeURIComponent(model), stream };
  }
  if (path.endsWith('/messages/count_tokens')) return { kind: 'count', protocol: 'anthropic' };
  if (path.endsWith('/messages')) return { kind: 'answer', protocol: 'anthropic' };
  if (path.endsWith('/chat/completions')) return { kind: 'answer', protocol: 'chat' };
  if (path.endsWith('/responses')) return { kind: 'answer', protocol: 'responses' };
  return { kind: 'other' };
}
