import { stripVTControlCharacters } from 'node:util';

/** All but tab and line end: what a terminal would act on. */
// oxlint-disable-next-line no-control-regex -- these are what it is about
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Text that cannot command a terminal: an agent may print anything it has read. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text.replaceAll('\r\n', '\n')).replace(CONTROL, '');
}
