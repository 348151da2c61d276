/** The items of what git prints with `-z`. */
export function nulList(output: string): string[] {
  const items = output.split('\0');
  if (items.at(-1) === '') items.pop();
  return items;
}
