/** How long something took, for reading: `8s`, `1m05s`, `3h20m`, `2d04h`. */
export function elapsed(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1000));
  const pair = (large: number, unit: string, small: number, smallUnit: string): string =>
    `${large}${unit}${String(small).padStart(2, '0')}${smallUnit}`;
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return pair(minutes, 'm', seconds % 60, 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return pair(hours, 'h', minutes % 60, 'm');
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** A size for reading: `512 B`, `1.5 MB`. Units of 1000, as disks and `df -H` count. */
export function bytes(count: number): string {
  let amount = count;
  for (const unit of ['B', 'kB', 'MB', 'GB', 'TB']) {
    if (amount < 1000 || unit === 'TB')
      return `${unit === 'B' || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${unit}`;
    amount /= 1000;
  }
  return `${count} B`;
}

/** `1 task`, `3 tasks`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `12:01:07` in local time. */
export function clock(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

/** `2026-11-20 12:01` in local time. */
export function dateAndTime(at: number): string {
  const date = new Date(at);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${day.join('-')} ${clock(at).slice(0, 5)}`;
}
