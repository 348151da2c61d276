/** Lets work pass one after the other where it shares a key, and side by side where it does not. */
export interface JobLanes {
  /** Takes its place in every lane at once, so that two pieces of work never wait for each other. */
  run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T>;
}

export function createJobLanes(): JobLanes {
  const tails = new Map<string, Promise<unknown>>();
  return {
    async run(keys, work) {
      const before = keys.map((key) => tails.get(key)).filter((tail) => tail !== undefined);
      const result = Promise.all(before).then(work);
      const tail = result.catch(() => undefined);
      for (const key of keys) tails.set(key, tail);
      try {
        return await result;
      } finally {
        for (const key of keys) if (tails.get(key) === tail) tails.delete(key);
      }
    },
  };
}
