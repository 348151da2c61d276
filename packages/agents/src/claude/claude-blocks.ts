import { fieldsOf, listOf, textOf } from '../cli/json-fields.ts';

/** Of what a tool is asked and answers, so much goes into an event. */
const MAX_SUMMARY = 4_000;

/** What stands for a call: its command or file where it has one. */
const TELLING = ['command', 'file_path', 'path', 'pattern', 'url', 'query', 'description'];

/** What a tool is asked, for a person. */
export function summaryOf(input: unknown): string {
  const fields = fieldsOf(input);
  const telling = TELLING.map((name) => textOf(fields[name])).find((text) => text !== null);
  return (telling ?? JSON.stringify(input ?? null)).slice(0, MAX_SUMMARY);
}

/** The text in a tool's result, which is one or a list of blocks. */
export function textOfBlocks(content: unknown): string {
  const text =
    textOf(content) ??
    listOf(content)
      .map((block) => textOf(fieldsOf(block)['text']) ?? '')
      .join('\n');
  return text.slice(0, MAX_SUMMARY);
}
