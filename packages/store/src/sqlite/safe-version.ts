/** Up to 3.51.2, a database in WAL mode can be damaged when a reset of the log meets a checkpoint. */
export const OLDEST_SAFE_VERSION = '3.51.3';

export function isSafeVersion(version: string): boolean {
  const parts = version.split('.').map(Number);
  const differences = OLDEST_SAFE_VERSION.split('.').map((part, index) => (parts[index] ?? 0) - Number(part));
  return (differences.find((difference) => difference !== 0) ?? 0) >= 0;
}
