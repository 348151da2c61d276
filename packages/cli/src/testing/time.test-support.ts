/** 2026-11-20 12:00:00 UTC: the time in every test. */
export const NOW = Date.UTC(2026, 10, 20, 12);
